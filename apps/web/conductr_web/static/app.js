// Puts the page together: events come in, each part draws its own.

import { Composer } from "./compose.js";
import { Deck } from "./deck.js";
import { byId } from "./dom.js";
import { Library } from "./library.js";
import { follow } from "./live.js";
import { Making } from "./making.js";
import { Radio } from "./radio.js";
import { showUpcoming, tickUpcoming } from "./upnext.js";

const VOLUME = "conductr.volume";

const audio = byId("room");
const radio = new Radio(audio);
const deck = new Deck(radio);
const play = (id) => deck.playSong(id);
const library = new Library(play);
const composer = new Composer({
  ready: () => radio.start(), // sound needs a click, and this is one
  wished: (made, wish) => making.show(made, wish),
});
const making = new Making({ play, again: (prompt) => composer.suggest(prompt), anew: (wish) => composer.anew(wish) });

function showQueue(queue) {
  deck.show(queue);
  showUpcoming(queue);
}

follow({
  snapshot: ({ queue, generations }) => {
    showQueue(queue);
    making.snapshot(generations);
    library.refresh(0);
  },
  queue: showQueue,
  position: (moved) => {
    deck.moveTo(moved);
    tickUpcoming(moved.position_s);
  },
  generation: (made) => making.show(made),
  library: () => library.refresh(),
});

const volume = byId("volume");
volume.value = localStorage.getItem(VOLUME) ?? "100";
const setVolume = () => {
  audio.volume = volume.value / 100;
  volume.style.setProperty("--part", String(volume.value / 100));
};
volume.addEventListener("input", () => {
  setVolume();
  localStorage.setItem(VOLUME, volume.value);
});
setVolume();

// Space plays and pauses wherever it has no meaning of its own.
addEventListener("keydown", (event) => {
  if (event.code !== "Space" || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("button, a, input, textarea, summary, select")) return;
  event.preventDefault();
  deck.toggle();
});
