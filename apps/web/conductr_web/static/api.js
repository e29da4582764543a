// Talks to /api: JSON in and out, the page's token with every change, errors in words.

let token = document.querySelector("meta[name=csrf-token]").content;

/** What the server refused, in its own words; or that it did not answer. */
export class Refused extends Error {
  constructor({ text, hint, code, field }) {
    super(text);
    Object.assign(this, { hint, code, field });
  }
}

const SILENT = { text: "Conductr does not answer.", hint: "Is it still running? The page connects again by itself.", code: "offline" };

async function send(path, options) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", credentials: "same-origin", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(SILENT);
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  throw new Refused(body?.error ?? { text: `The server answered ${answer.status}.`, hint: "Try again." });
}

export const get = (path, options) => send(path, options);

/** A server that was started anew has a new token: it is fetched, and the change is sent once more. */
export async function post(path, body = {}) {
  const options = () => ({
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Conductr-CSRF": token },
    body: JSON.stringify(body),
  });
  try {
    return await send(path, options());
  } catch (error) {
    if (error.code !== "stale_page") throw error;
    token = (await get("/api/session")).csrf;
    return send(path, options());
  }
}
