// The room's sound in this browser: a WebM stream appended to a MediaSource, kept close to its live end.
// Where WebM cannot be appended, the plain Ogg stream plays instead, some seconds behind.

const TYPE = 'audio/webm; codecs="opus"';
const LAG_S = 2.5; // further behind than this, jump to the live end
const EDGE_S = 0.3; // how far behind the live end a jump lands
const KEEP_S = 20; // heard sound that is kept
const Source = globalThis.ManagedMediaSource ?? globalThis.MediaSource;

/** Events: "change" whenever `state` moves between off, connecting, live, lost and blocked. */
export class Radio extends EventTarget {
  state = "off";
  #audio;
  #buffer = null;
  #pending = [];
  #leave = null;
  #dry = false;

  constructor(audio) {
    super();
    this.#audio = audio;
    // Paused by the system (a call, a headset unplugged): the page says so and waits for a click.
    audio.addEventListener("pause", () => this.on && !audio.ended && this.stop());
    audio.addEventListener("error", () => this.on && this.#anew());
    audio.addEventListener("ended", () => this.on && this.#anew());
    audio.addEventListener("waiting", () => (this.#dry = this.#ahead() < EDGE_S / 2));
  }

  get on() {
    return this.state === "connecting" || this.state === "live" || this.state === "lost";
  }

  /** To be called from a click or key press: browsers let no page make sound before one. */
  start() {
    if (this.on) return;
    this.#leave = new AbortController();
    this.#set("connecting");
    if (Source?.isTypeSupported(TYPE)) this.#attach();
    else this.#audio.src = "/listen.ogg";
    this.#audio.play().then(
      () => this.#buffer || this.#set("live"),
      (error) => error.name === "NotAllowedError" && this.stop("blocked"),
    );
  }

  stop(state = "off") {
    this.#leave?.abort();
    this.#buffer = null;
    this.#pending = [];
    this.#audio.pause();
    this.#audio.removeAttribute("src");
    this.#audio.load();
    this.#set(state);
  }

  /** After sound that could not be read, or a plain stream that ended. */
  #anew() {
    this.stop();
    setTimeout(() => this.start(), 1000);
  }

  #attach() {
    const { signal } = this.#leave;
    const source = new Source();
    if (Source === globalThis.ManagedMediaSource) this.#audio.disableRemotePlayback = true;
    const url = URL.createObjectURL(source);
    source.addEventListener("sourceopen", () => {
      URL.revokeObjectURL(url);
      if (signal.aborted) return;
      this.#buffer = source.addSourceBuffer(TYPE);
      this.#buffer.mode = "sequence"; // all listeners get the same clusters, whose times began with the first of them
      this.#buffer.addEventListener("updateend", () => this.#appended());
      this.#receive(signal);
    }, { once: true });
    this.#audio.src = url;
  }

  /** Reads the stream until told to leave; after a break the new stream goes on where the old one ended. */
  async #receive(signal) {
    for (let wait = 500; !signal.aborted; wait = Math.min(wait * 2, 8000)) {
      try {
        const answer = await fetch("/listen.webm", { signal, cache: "no-store" });
        if (answer.ok) {
          await this.#startAnew(signal);
          this.#set("live");
          wait = 500;
          for await (const chunk of chunksOf(answer.body)) this.#push(chunk);
        }
      } catch (error) {
        if (!signal.aborted && error.name !== "TypeError") console.warn("The stream broke off:", error.message);
      }
      if (signal.aborted) return;
      this.#set("lost");
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }

  async #startAnew(signal) {
    this.#pending = [];
    while (this.#buffer?.updating) await new Promise((resolve) => this.#buffer.addEventListener("updateend", resolve, { once: true }));
    if (signal.aborted) throw new DOMException("left", "AbortError");
    this.#buffer.abort();
    const { buffered } = this.#buffer;
    this.#buffer.timestampOffset = buffered.length ? buffered.end(buffered.length - 1) : 0;
  }

  #push(chunk) {
    this.#pending.push(chunk);
    this.#append();
  }

  #append() {
    if (!this.#buffer || this.#buffer.updating || !this.#pending.length) return;
    const chunks = this.#pending.splice(0);
    this.#buffer.appendBuffer(chunks.length === 1 ? chunks[0] : joined(chunks));
  }

  /** After each piece: stay near the live end, forget what was heard long ago, append what came meanwhile. */
  #appended() {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating) return;
    const { buffered } = buffer;
    if (buffered.length) {
      const [start, end, at] = [buffered.start(0), buffered.end(buffered.length - 1), this.#audio.currentTime];
      if (end - at > LAG_S || at < start) this.#audio.currentTime = Math.max(start, end - EDGE_S);
      else if (this.#dry && end - at > EDGE_S) {
        // After running dry Chromium waits for more and more before it goes on; a seek makes it go on now.
        this.#dry = false;
        this.#audio.currentTime = at + 0.001;
      }
      if (at - start > 2 * KEEP_S) return buffer.remove(0, at - KEEP_S);
    }
    this.#append();
  }

  /** Seconds that are still to be heard; none before the first. */
  #ahead() {
    const { buffered, currentTime } = this.#audio;
    return buffered.length ? buffered.end(buffered.length - 1) - currentTime : Infinity;
  }

  #set(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

async function* chunksOf(body) {
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

function joined(chunks) {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
