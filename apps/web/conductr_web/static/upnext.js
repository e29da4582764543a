// The songs that wait.

import { art, byId, clock, make, plural, tagsOf } from "./dom.js";

export function showUpcoming({ upcoming, upcoming_count: count, current, position_s: position }) {
  let startsIn = current?.duration_s ? current.duration_s - position : null;
  byId("next").replaceChildren(
    ...upcoming.map((entry) => {
      const when = startsIn == null ? null : `in ${clock(startsIn)}`;
      startsIn = startsIn == null || !entry.duration_s ? null : startsIn + entry.duration_s;
      return make(
        "li",
        { class: "row" },
        art(entry.cover),
        make("div", { class: "row-text" }, make("strong", {}, entry.title), make("span", { class: "note" }, lineOf(entry))),
        make("span", { class: "row-time" }, entry.duration_s ? clock(entry.duration_s) : "growing", when && make("small", {}, when)),
      );
    }),
  );
  byId("next-empty").hidden = count > 0;
  const waiting = upcoming.reduce((sum, entry) => sum + (entry.duration_s ?? 0), 0);
  const more = count > upcoming.length ? `, the first ${upcoming.length} shown` : "";
  byId("next-total").textContent = count ? `${plural(count, "song")} · ${clock(waiting)}${more}` : "";
}

const lineOf = (entry) => [tagsOf(entry.style).slice(0, 2).join(", "), entry.requested_by].filter(Boolean).join(" · ");
