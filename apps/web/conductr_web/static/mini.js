// A small bar with what plays, while the card itself is scrolled out of sight.

import { art, byId } from "./dom.js";

let inSight = true;
let shown = null;

export function startMini(toggle) {
  byId("mini-play").addEventListener("click", toggle);
  new IntersectionObserver(([entry]) => {
    inSight = entry.isIntersecting;
    show();
  }, { threshold: 0.25 }).observe(byId("now"));
}

/** `current` is an entry of the queue or null; `label` says what the button does. */
export function drawMini(current, label, picture) {
  if (current?.entry_id !== shown?.entry_id || current?.cover !== shown?.cover) {
    byId("mini-art").replaceChildren(art(current?.cover));
    byId("mini-title").textContent = current?.title ?? "";
  }
  shown = current;
  byId("mini-play").setAttribute("aria-label", label);
  byId("mini-play").querySelector("use").setAttribute("href", picture);
  show();
}

function show() {
  byId("mini").hidden = inSight || !shown;
}
