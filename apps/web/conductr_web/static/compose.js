// The prompt box: ideas to start from, and sending a wish once.

import { post } from "./api.js";
import { byId, make, showProblem } from "./dom.js";

const LIMIT = 3000; // characters of a prompt; the server has the last word
const IDEAS = {
  lofi: "A rainy lo-fi beat with a warm piano and vinyl crackle",
  synthwave: "Synthwave for a night drive, neon lights and pulsing bass",
  jazz: "A smoky jazz trio after midnight, brushed drums and upright bass",
  rock: "A driving rock anthem with big guitars and a bigger chorus",
  ambient: "Slow ambient waves, like fog over a lake at dawn",
  classical: "A hopeful classical piece for strings and solo piano",
  house: "Sunny deep house with a bouncing bassline and claps",
  folk: "A gentle folk song by the campfire, fingerpicked guitar",
};

export class Composer {
  #form = byId("wish");
  #prompt = byId("prompt");
  #requestId = null;
  #anew = null; // a known wish that was asked for anew and not answered yet, with its id

  /** `wished` is given each generation that was started and its wish; `ready` is called within the person's own click. */
  constructor({ ready, wished }) {
    this.ready = ready;
    this.wished = wished;
    byId("chips").append(...Object.entries(IDEAS).map(([name, idea]) => make("button", { type: "button", class: "chip", on: { click: () => this.suggest(idea) } }, name)));
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send();
    });
    this.#form.addEventListener("input", () => this.#changed());
    this.#prompt.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
  }

  /** A wish once more, for a new song although there is one. What is being typed stays. */
  anew(wish) {
    if (this.#anew?.wish !== wish) this.#anew = { wish, id: newId() };
    this.#send({ ...wish, anew: true }, this.#anew.id);
  }

  suggest(idea) {
    this.#prompt.value = idea;
    this.#prompt.focus();
    this.#changed();
  }

  /** A changed wish is another wish. The same one sent again, after a lost answer, is not paid for twice. */
  #changed() {
    this.#requestId = null;
    this.#problem(null);
    const length = this.#prompt.value.length;
    const note = byId("prompt-note");
    note.classList.toggle("over", length > LIMIT);
    if (length > LIMIT * 0.8) note.textContent = `${length.toLocaleString("en")} of ${LIMIT.toLocaleString("en")} characters`;
  }

  async #send(wish = this.#wish(), id = (this.#requestId ??= newId())) {
    const button = this.#form.querySelector("[type=submit]");
    if (button.getAttribute("aria-busy") === "true") return;
    this.ready();
    button.setAttribute("aria-busy", "true");
    try {
      const made = await post("/api/songs/generate", { request_id: id, ...wish });
      // What was typed meanwhile is the next wish, and stays.
      if (this.#requestId === id) {
        this.#form.reset();
        this.#changed();
      }
      this.#forget(id);
      this.wished(made, wish);
    } catch (error) {
      this.#problem(error);
      if (error.code === "already_asked") this.#offer(wish);
      // Only an answer that never came may be asked for again under the same name.
      if (error.code !== "offline") this.#forget(id);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  /** The same is being made: another one only where the person says so. */
  #offer(wish) {
    byId("wish-problem").append(make("button", { type: "button", class: "small", on: { click: () => this.anew(wish) } }, "Make another one"));
  }

  #forget(id) {
    if (this.#requestId === id) this.#requestId = null;
    if (this.#anew?.id === id) this.#anew = null;
  }

  #wish() {
    const fields = new FormData(this.#form);
    const text = (name) => fields.get(name).trim() || null;
    return { prompt: text("prompt") ?? "", style: text("style"), title: text("title"), lyrics: text("lyrics"), instrumental: fields.has("instrumental") };
  }

  #problem(error) {
    showProblem(byId("wish-problem"), error);
    const named = error?.field && this.#form.elements.namedItem(error.field);
    for (const field of this.#form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    if (!named) return;
    named.setAttribute("aria-invalid", "true");
    named.closest("details")?.setAttribute("open", "");
    named.focus();
  }
}

function newId() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16)).join("");
}
