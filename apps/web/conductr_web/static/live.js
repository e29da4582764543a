// Server-sent events: hands each to whoever asked for it, and shows whether the page is connected.

import { byId } from "./dom.js";

const WORDS = { connecting: "Connecting", live: "Live", lost: "Reconnecting" };
const EVENTS = ["snapshot", "queue", "position", "generation", "library"];

export function follow(handlers) {
  const shown = byId("link-state");
  const show = (state) => {
    if (shown.dataset.state === state) return;
    shown.dataset.state = state;
    shown.querySelector("span").textContent = WORDS[state];
  };
  let source;
  let timer;
  const connect = () => {
    source = new EventSource("/api/events");
    source.addEventListener("open", () => show("live"));
    source.addEventListener("error", () => {
      show("lost");
      // The browser tries again by itself, except after an answer that was no stream.
      if (source.readyState === EventSource.CLOSED) timer = setTimeout(connect, 3000);
    });
    for (const name of EVENTS) source.addEventListener(name, (event) => handlers[name]?.(JSON.parse(event.data)));
  };
  // Streams are closed by hand, so that a page kept for the back button does not hold a listener's place.
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    source.close();
  });
  addEventListener("pageshow", (event) => event.persisted && connect());
  connect();
}
