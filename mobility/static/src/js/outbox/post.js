/**
 * How a form is posted by script: with a token that is valid now, and told where it leads in place of a redirect.
 */

import { age } from "./queue.js";

const HEADERS = { "X-Fragment": "panel", "X-Answer": "location", Accept: "text/html, application/json;q=0.9" };
/** Milliseconds after which nobody seems to answer. */
const TIMEOUT = 30_000;

/** Nobody answered: no network, or a gateway with nothing behind it. */
export class Unreachable extends Error {}

/**
 * @param {string} address of the token
 * @returns {Promise<{token: string, speaker: string}>}
 * @throws {Unreachable}
 */
export async function freshToken(address) {
  const answer = await reach(address, { cache: "no-store", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Unreachable(String(answer.status));
  return answer.json();
}

/**
 * Posts the fields; a form that was open for too long is sent once more with a fresh token.
 *
 * @param {string} action
 * @param {FormData} body
 * @param {string} tokenAddress
 * @param {Record<string, string>} [headers] what kind of answer is wanted
 * @returns {Promise<import("./queue.js").Answer>} location: where it leads once it is taken; body: the page otherwise
 * @throws {Unreachable}
 */
export async function postForm(action, body, tokenAddress, headers = HEADERS) {
  let answer = await reach(action, { method: "POST", body, headers });
  if (answer.status === 400 && tokenAddress) {
    body.set("csrf_token", (await freshToken(tokenAddress)).token);
    answer = await reach(action, { method: "POST", body, headers });
  }
  const type = answer.headers.get("Content-Type") ?? "";
  if (answer.ok && type.startsWith("application/json")) return { status: 303, location: (await answer.json()).location };
  return { status: answer.status, body: type.startsWith("text/html") ? await answer.text() : "" };
}

/**
 * @param {string} address
 * @param {RequestInit} options
 */
async function reach(address, options) {
  let answer;
  try {
    answer = await fetch(address, { ...options, credentials: "same-origin", signal: AbortSignal.timeout(TIMEOUT) });
  } catch (error) {
    throw new Unreachable(String(error));
  }
  if ([502, 503, 504].includes(answer.status)) throw new Unreachable(String(answer.status));
  return answer;
}

/**
 * How the outbox posts an item: as whoever wrote it, with a token of now.
 *
 * @param {string} tokenAddress
 * @returns {import("./queue.js").Post}
 */
export function poster(tokenAddress) {
  return async (item) => {
    const { token, speaker } = await freshToken(tokenAddress);
    if (item.speaker && item.speaker !== speaker) return "sign-in";
    const body = new FormData();
    body.set("csrf_token", token);
    for (const [name, value] of item.pairs) body.append(name, value);
    if (item.kind === "vote") body.set("age", age(item));
    return postForm(item.action, body, tokenAddress);
  };
}
