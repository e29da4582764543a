// Gives the page the hue of the cover that plays.

const SIDE = 16; // pixels; enough to know a picture's colour

/** Sets --hue from the most colourful part of a loaded image. Lightness and contrast stay the page's own. */
export function tintFrom(image) {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(image, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  let [x, y] = [0, 0];
  for (let at = 0; at < data.length; at += 4) {
    const { a, b } = labOf(data[at], data[at + 1], data[at + 2]);
    const weight = Math.hypot(a, b); // grey says nothing about hue
    x += a * weight;
    y += b * weight;
  }
  if (Math.hypot(x, y) < 0.05) return resetTint();
  document.documentElement.style.setProperty("--hue", String(Math.round((Math.atan2(y, x) * 180) / Math.PI + 360) % 360));
}

export function resetTint() {
  document.documentElement.style.removeProperty("--hue");
}

/** The colour axes of Oklab (Ottosson 2020), from sRGB bytes. */
function labOf(...bytes) {
  const [r, g, b] = bytes.map((byte) => {
    const part = byte / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return { a: 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, b: 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s };
}
