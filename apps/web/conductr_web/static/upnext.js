// The songs that wait.

import { art, byId, clock, make, plural, tagsOf } from "./dom.js";

let waiting = []; // each row's place for "in 1:05", and how long before it the others play

export function showUpcoming({ upcoming, upcoming_count: count, current, position_s: position }) {
  let before = current ? current.duration_s : 0; // null once a song in front is still growing
  waiting = [];
  byId("next").replaceChildren(
    ...upcoming.map((entry) => {
      const when = make("small");
      waiting.push({ when, before });
      before = before == null || !entry.duration_s ? null : before + entry.duration_s;
      return make(
        "li",
        { class: "row" },
        art(entry.cover),
        make("div", { class: "row-text" }, make("strong", {}, entry.title), make("span", { class: "note" }, lineOf(entry))),
        make("span", { class: "row-time" }, entry.duration_s ? clock(entry.duration_s) : "growing", when),
      );
    }),
  );
  tickUpcoming(position);
  byId("next-empty").hidden = count > 0;
  const total = upcoming.reduce((sum, entry) => sum + (entry.duration_s ?? 0), 0);
  const more = count > upcoming.length ? `, the first ${upcoming.length} shown` : "";
  byId("next-total").textContent = count ? `${plural(count, "song")}${total ? ` · ${clock(total)}` : ""}${more}` : "";
}

/** How long until each plays, from where the current song is. */
export function tickUpcoming(position) {
  for (const { when, before } of waiting) when.textContent = before == null ? "" : `in ${clock(before - position)}`;
}

const lineOf = (entry) => [tagsOf(entry.style).slice(0, 2).join(", "), entry.requested_by].filter(Boolean).join(" · ");
