// Songs in the making, each with its steps, until it is done and put aside.

import { announce, byId, clock, icon, make } from "./dom.js";

const STEPS = ["Queued", "Writing", "First notes", "Finished"];
const REACHED = { requested: 0, submitting: 0, submitted: 0, composing: 1, playable: 2, finished: 3 };
const SAID = { composing: "The words are written.", playable: "The first notes are here.", finished: "Your song is finished." };
const DONE_SHOWN = 3; // finished ones that stay until put aside

export class Making {
  #cards = new Map();
  #dismissed = new Set();

  /** `play` is given a song's id, `again` a prompt; `anew` a wish that is to be a new song although there is one. */
  constructor({ play, again, anew }) {
    this.play = play;
    this.again = again;
    this.anew = anew;
  }

  /** All of the room's latest; those that ended before this page saw them are left out. */
  snapshot(generations) {
    for (const made of [...generations].reverse()) {
      if (made.state in REACHED && made.state !== "finished") this.show(made);
      else if (this.#cards.has(made.id)) this.show(made);
    }
  }

  /** `wish` is what was asked for, where this page did. */
  show(made, wish = null) {
    if (made.repeated) {
      this.#dismissed.delete(made.id);
      announce("That was made here already. It is in the queue, and costs nothing.");
    }
    if (this.#dismissed.has(made.id)) return;
    const known = this.#cards.get(made.id);
    if (known && known.made.state !== made.state && SAID[made.state]) announce(SAID[made.state]);
    // Steps only go forward: an answer that was overtaken changes nothing.
    if (known && (REACHED[made.state] ?? 9) < (REACHED[known.made.state] ?? 9)) return;
    const twice = made.repeated ? wish : (known?.twice ?? null); // the wish that a known song answered
    const card = this.#draw(made, twice);
    card.classList.toggle("new", !known);
    if (known && !made.repeated) known.card.replaceWith(card);
    else {
      known?.card.remove();
      this.#cards.delete(made.id);
      byId("making").querySelector("ol").prepend(card);
    }
    this.#cards.set(made.id, { made, card, twice });
    this.#tidy();
  }

  #draw(made, twice) {
    const broken = !(made.state in REACHED);
    return make(
      "li",
      { class: "wish", "data-state": broken ? "broken" : made.state },
      make("header", {}, make("h3", {}, made.prompt || "Your lyrics"), this.#putAside(made, broken)),
      broken ? this.#why(made) : steps(REACHED[made.state]),
      made.state === "requested" && made.place > 1 ? make("p", { class: "note" }, `Number ${made.place} in line.`) : null,
      made.quota_left ? make("p", { class: "note" }, left(made.quota_left)) : null,
      made.unheard ? make("p", { class: "note" }, "It is in your library, but could not be queued: press play.") : null,
      made.state === "finished" && made.reason ? make("p", { class: "note" }, made.reason) : null,
      twice ? this.#known(twice) : null,
      made.songs.length && !broken ? make("div", { class: "takes" }, ...made.songs.map((song) => this.#take(song))) : null,
    );
  }

  #putAside(made, broken) {
    if (!broken && made.state !== "finished") return null;
    const label = `Put aside: ${made.prompt || "your lyrics"}`;
    return make("button", { type: "button", class: "plain", "aria-label": label, title: "Put aside", on: { click: () => this.#dismiss(made.id) } }, icon("close"));
  }

  #why(made) {
    const again = make("button", { type: "button", class: "small", on: { click: () => this.again(made.prompt) } }, "Change and try again");
    return make("div", { class: "problem", role: "alert" }, make("strong", {}, made.reason ?? "The song did not come about."), again);
  }

  #known(wish) {
    const anew = make("button", { type: "button", class: "small", on: { click: () => this.anew(wish) } }, "Make a new one");
    return make("div", { class: "known" }, make("p", { class: "note" }, "That was made here already. It is in the queue, and costs nothing."), anew);
  }

  #take(song) {
    const ready = song.state === "ready";
    const text = ready ? `Take ${song.take} · ${clock(song.duration_s)}` : `Take ${song.take} · growing`;
    return make(
      "button",
      { type: "button", class: "small", "aria-label": `Play ${song.title}, take ${song.take}`, on: { click: () => this.play(song.id) }, disabled: song.state === "failed" },
      icon("play"),
      text,
    );
  }

  #dismiss(id) {
    this.#cards.get(id)?.card.remove();
    this.#cards.delete(id);
    this.#dismissed.add(id);
    this.#tidy();
    byId("prompt").focus();
  }

  #tidy() {
    const finished = [...this.#cards].filter(([, { made }]) => made.state === "finished");
    for (const [id, { card }] of finished.slice(0, Math.max(0, finished.length - DONE_SHOWN))) {
      card.remove();
      this.#cards.delete(id);
      this.#dismissed.add(id);
    }
    byId("making").hidden = this.#cards.size === 0;
  }
}

const PLACES = { server: " in this server", here: " here", everybody: " for everybody" };

/** What is left of the tightest limit. */
function left({ whose, left, limit }) {
  const span = whose === "plan" ? "this month" : "today";
  return `${left.toLocaleString("en")} of ${limit.toLocaleString("en")} ${limit === 1 ? "song" : "songs"} left ${span}${PLACES[whose] ?? ""}.`;
}

function steps(reached) {
  const finished = reached === STEPS.length - 1;
  return make(
    "ol",
    { class: "steps", "aria-label": "Progress" },
    ...STEPS.map((name, at) => {
      const state = at < reached || finished ? "done" : at === reached ? "here" : "ahead";
      return make("li", { "data-step": state, "aria-current": state === "here" ? "step" : null }, make("i", { "aria-hidden": "true" }, state === "done" ? icon("check") : ""), name);
    }),
  );
}
