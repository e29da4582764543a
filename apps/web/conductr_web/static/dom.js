// Small helpers to build the page. Text from people only ever becomes text nodes.

/** An element: attributes by name, `on` for listeners, children as nodes or text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") for (const [event, run] of Object.entries(value)) element.addEventListener(event, run);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export const byId = (id) => document.getElementById(id);

/** Seconds as people read them: 3:07, 1:02:03. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds ?? 0));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Square art of a song, or the mark where it has none yet. */
export function art(cover) {
  const frame = make("span", { class: "art" }, icon("mark"));
  if (cover) frame.append(make("img", { src: cover, alt: "", loading: "lazy", decoding: "async", width: 48, height: 48 }));
  return frame;
}

/** Shows an error where it happened, with what to do next; null clears it. */
export function showProblem(place, error) {
  place.hidden = !error;
  place.replaceChildren();
  if (error) place.append(make("strong", {}, error.message), error.hint ? ` ${error.hint}` : "");
}

/** Said once to screen readers. */
export function announce(text) {
  byId("announce").textContent = text;
}

export const tagsOf = (style) => (style ?? "").split(",").map((tag) => tag.trim()).filter(Boolean);

export const plural = (count, one) => (count === 1 ? `1 ${one}` : `${count} ${one}s`);
