// Now playing: cover, title, progress, and the buttons under it.

import { post } from "./api.js";
import { announce, byId, clock, make, showProblem, tagsOf } from "./dom.js";
import { drawMini, startMini } from "./mini.js";
import { resetTint, tintFrom } from "./tint.js";

const WORDS = { idle: "Nothing playing", loading: "Getting ready", playing: "Now playing", paused: "Paused" };
const TAGS = 5;

export class Deck {
  #radio;
  #queue = null;
  #moved = { position: 0, at: 0, moving: false };
  #last = Promise.resolve();

  constructor(radio) {
    this.#radio = radio;
    byId("play").addEventListener("click", () => this.toggle());
    byId("skip").addEventListener("click", () => this.#press("skip"));
    byId("stop").addEventListener("click", () => this.#press("stop"));
    radio.addEventListener("change", () => this.#draw());
    this.#art.addEventListener("load", () => tintFrom(this.#art));
    this.#art.addEventListener("error", () => this.#showCover(null));
    setInterval(() => this.#drawTime(), 250);
    startMini(() => this.toggle());
    this.#mediaKeys();
  }

  get #art() {
    return document.querySelector(".now-art img");
  }

  get #wanted() {
    return ["playing", "loading"].includes(this.#queue?.state);
  }

  /** Heard here and now: then the button pauses. */
  get #heard() {
    return this.#wanted && this.#radio.on;
  }

  show(queue) {
    const before = this.#queue?.current?.entry_id;
    this.#queue = queue;
    this.#moved = { position: queue.position_s, at: performance.now(), moving: false };
    if (queue.current?.entry_id !== before) {
      this.#showCover(queue.current?.cover ?? null);
      if (queue.current) announce(`${WORDS[queue.state] ?? "Now playing"}: ${queue.current.title}`);
    } else if (queue.current?.cover && this.#art.hidden) this.#showCover(queue.current.cover);
    this.#draw();
  }

  /** The server's own word on where the song is; between two words the page counts on. */
  moveTo({ position_s: position, state }) {
    if (!this.#queue) return;
    this.#queue.state = state;
    this.#moved = { position, at: performance.now(), moving: state === "playing" };
    this.#drawTime();
  }

  /** Play, pause, or listen to what plays already. */
  toggle() {
    if (!this.#queue) return;
    if (!this.#heard) this.#radio.start();
    else return this.#run(() => (this.#wanted ? post("/api/queue/pause") : null));
    return this.#run(() => (this.#wanted ? null : post("/api/queue/play")));
  }

  playSong(id) {
    this.#radio.start();
    return this.#run(() => post("/api/queue/play", { song_id: id }));
  }

  #press(button) {
    return this.#run(() => post(`/api/queue/${button}`));
  }

  /** One after the other, so that each press is decided by what the one before it did. */
  #run(ask) {
    this.#last = this.#last.then(async () => {
      try {
        const done = await ask();
        showProblem(byId("now-problem"), null);
        if (!done) return;
        this.show(done.queue);
        announce(done.text);
      } catch (error) {
        showProblem(byId("now-problem"), error);
      }
    });
    return this.#last;
  }

  #draw() {
    const { state, current, upcoming } = this.#queue ?? { state: "idle", current: null, upcoming: [] };
    const waits = this.#wanted && !this.#radio.on;
    byId("now").dataset.state = waits ? "waits" : state;
    byId("now-state").textContent = waits ? "Ready for you to listen" : WORDS[state];
    byId("now-title").textContent = current?.title ?? "The room is quiet";
    byId("now-by").textContent = current
      ? `Asked for by ${current.requested_by}`
      : "Describe a song and it plays here, while it is still being made.";
    byId("now-tags").replaceChildren(...tagsOf(current?.style).slice(0, TAGS).map((tag) => make("li", {}, tag)));
    const play = byId("play");
    play.disabled = !current && !upcoming.length;
    byId("skip").disabled = !current;
    byId("stop").disabled = play.disabled;
    const label = this.#heard ? "Pause" : waits ? "Listen" : "Play";
    play.setAttribute("aria-label", label);
    play.title = `${label} (Space)`;
    const picture = this.#heard ? "#i-pause" : "#i-play";
    play.querySelector("use").setAttribute("href", picture);
    drawMini(current, label, picture);
    document.title = current && this.#wanted ? `${current.title} · Conductr` : "Conductr";
    if (this.#radio.state === "blocked") {
      showProblem(byId("now-problem"), { message: "This browser keeps the page silent.", hint: "Press play once more to allow sound." });
    }
    this.#drawTime();
    this.#tellSystem(current, state);
  }

  #drawTime() {
    const current = this.#queue?.current;
    const { position, at, moving } = this.#moved;
    const length = current?.duration_s ?? 0;
    // Without a word from the server for a while the music waits, and so does the bar.
    const since = moving ? Math.min((performance.now() - at) / 1000, 1.5) : 0;
    const now = current ? (length ? Math.min(position + since, length) : position + since) : 0;
    const growing = Boolean(current) && !length;
    const bar = byId("progress");
    bar.classList.toggle("growing", growing && this.#queue.state === "playing");
    bar.firstElementChild.style.setProperty("--part", length ? String(now / length) : "0");
    bar.setAttribute("aria-valuemax", String(Math.round(length)));
    bar.setAttribute("aria-valuenow", String(Math.round(now)));
    bar.setAttribute("aria-valuetext", length ? `${clock(now)} of ${clock(length)}` : clock(now));
    byId("time-now").textContent = clock(now);
    byId("time-all").textContent = growing ? "still being made" : clock(length);
  }

  #showCover(url) {
    for (const image of [this.#art, document.querySelector(".now-glow")]) {
      image.hidden = !url;
      if (url) image.src = url;
      else image.removeAttribute("src");
    }
    this.#art.alt = url ? `Cover of ${this.#queue.current.title}` : "";
    if (!url) resetTint();
  }

  #mediaKeys() {
    const keys = { play: () => this.#heard || this.toggle(), pause: () => this.#heard && this.toggle() };
    for (const [key, run] of Object.entries({ ...keys, nexttrack: () => this.#press("skip") })) {
      navigator.mediaSession?.setActionHandler(key, run);
    }
  }

  #tellSystem(current, state) {
    const session = navigator.mediaSession;
    if (!session || !globalThis.MediaMetadata) return;
    session.playbackState = !current ? "none" : state === "paused" ? "paused" : "playing";
    const artwork = current?.cover ? [{ src: new URL(current.cover, location).href }] : [];
    session.metadata = current ? new MediaMetadata({ title: current.title, artist: current.style ?? "Conductr", artwork }) : null;
  }
}
