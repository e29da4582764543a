// The songs that were made: search, pages, play, take along.

import { get } from "./api.js";
import { art, byId, clock, icon, make, showProblem, tagsOf } from "./dom.js";

const PAGE = 8;
const TYPING_MS = 200;

export class Library {
  #offset = 0;
  #asked = null;
  #timer = 0;

  constructor(play) {
    this.play = play;
    byId("search").addEventListener("submit", (event) => event.preventDefault());
    byId("q").addEventListener("input", () => this.#search());
    byId("newer").addEventListener("click", () => this.#turn(-PAGE));
    byId("older").addEventListener("click", () => this.#turn(PAGE));
  }

  /** Looks again, soon: several changes in a row cost one look. */
  refresh(wait = TYPING_MS) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#load(), wait);
  }

  #search() {
    this.#offset = 0;
    this.refresh();
  }

  #turn(by) {
    this.#offset = Math.max(0, this.#offset + by);
    this.#load();
  }

  async #load() {
    this.#asked?.abort();
    const asked = (this.#asked = new AbortController());
    const text = byId("q").value.trim();
    const query = new URLSearchParams({ q: text, limit: PAGE, offset: this.#offset });
    try {
      const page = await get(`/api/songs?${query}`, { signal: asked.signal });
      if (!page.songs.length && page.total) return this.#turn(-PAGE); // the last page emptied meanwhile
      this.#draw(page, text);
      showProblem(byId("songs-problem"), null);
    } catch (error) {
      if (error.name !== "AbortError") showProblem(byId("songs-problem"), error);
    }
  }

  #draw({ songs, total, offset }, text) {
    byId("songs").replaceChildren(...songs.map((song) => this.#row(song)));
    const empty = byId("songs-empty");
    empty.hidden = total > 0;
    empty.textContent = text ? `No song matches “${text}”. Try another word, or create it.` : "Your songs are kept here. Create the first one above.";
    byId("pager").hidden = total <= PAGE;
    byId("songs-range").textContent = total ? `${offset + 1}–${offset + songs.length} of ${total}` : "";
    byId("newer").disabled = offset === 0;
    byId("older").disabled = offset + songs.length >= total;
  }

  #row(song) {
    const failed = song.state === "failed";
    const line = [tagsOf(song.style).slice(0, 3).join(", "), `take ${song.take}`].filter(Boolean).join(" · ");
    return make(
      "li",
      { class: "row" },
      make(
        "button",
        { type: "button", class: "row-play", "aria-label": `Play ${song.title}, take ${song.take}`, disabled: failed, on: { click: () => this.play(song.id) } },
        art(song.cover),
        icon("play"),
      ),
      make("div", { class: "row-text", title: song.prompt }, make("strong", {}, song.title), make("span", { class: "note" }, line)),
      make("span", { class: "row-time" }, song.duration_s ? clock(song.duration_s) : failed ? "failed" : "growing"),
      song.audio
        ? make("a", { class: "plain", href: `${song.audio}?download`, download: "", "aria-label": `Download ${song.title}, take ${song.take}`, title: "Download" }, icon("down"))
        : make("span", { class: "plain" }),
    );
  }
}
