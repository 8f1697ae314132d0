// Calls of the server: a short-lived token from this page's session, then the real API.

import { begin } from "./log.js";
import { Stop } from "./stop.js";

// The key that belongs to the session cookie. Cookies are shared by all ports of a host, storage is
// not: with the cookie alone, another program on this computer could not get a token.
const KEY = "countersign-try-key";

let token = null;
let usableUntil = 0;

async function bodyOf(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Exchanges the code of the printed link for a session. */
export async function openSession(code) {
  const response = await fetch("/try/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code }),
  });
  if (!response.ok) throw new Stop("LINK_SPENT");
  localStorage.setItem(KEY, (await response.json()).key);
}

async function accessToken() {
  // `performance.now()` does not jump with the clock of the computer.
  if (token !== null && performance.now() < usableUntil) return token;
  const url = `${location.origin}/try/token`;
  const key = localStorage.getItem(KEY) ?? "";
  const entry = begin({
    why: "This page asks its own server for a short-lived access token.",
    method: "POST",
    url,
    headers: { "X-Try-Key": `${key.slice(0, 6)}…` },
  });
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "X-Try-Key": key },
    });
  } catch {
    entry.failed("no answer");
    throw new Stop("SERVER_UNREACHABLE");
  }
  const body = await bodyOf(response);
  entry.answered(response.status, response.statusText, {}, body);
  if (response.status === 401) throw new Stop("NO_SESSION");
  if (!response.ok) throw new Stop("SERVER_FAULT", { detail: body.message });
  token = body.access_token;
  usableUntil = performance.now() + (body.expires_in - 20) * 1000;
  return token;
}

/**
 * One call of the API. Gives `{status, body}` for every answer below 500, also refusals.
 * `type` is the media type of `body`; without a body it is left out.
 */
export async function call(why, method, path, body, type = "application/json") {
  const bearer = await accessToken();
  const url = `${location.origin}${path}`;
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = type;
  const shown = { Authorization: `Bearer ${bearer.slice(0, 12)}…`, ...headers };
  const entry = begin({ why, method, url, headers: shown, body });
  let response;
  try {
    response = await fetch(url, {
      method,
      headers: { ...headers, Authorization: `Bearer ${bearer}` },
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
    });
  } catch {
    entry.failed("no answer");
    throw new Stop("SERVER_UNREACHABLE");
  }
  const answer = await bodyOf(response);
  const correlation = response.headers.get("Correlation-Id");
  entry.answered(
    response.status,
    response.statusText,
    correlation === null ? {} : { "Correlation-Id": correlation },
    answer,
  );
  if (response.status >= 500) throw new Stop("SERVER_FAULT", { detail: answer.message });
  if (response.status === 401) {
    token = null;
    throw new Stop("NO_SESSION");
  }
  return { status: response.status, body: answer };
}

/** Turns a refusal of the API into a reason. */
export function refusal(body) {
  const detail = Array.isArray(body?.details) ? body.details[0] : undefined;
  const inner = detail?.innerError ?? {};
  const until = inner.coolDownExpiresAt;
  return new Stop(detail?.code ?? body?.code ?? "SERVER_REFUSED", {
    detail: detail?.message ?? body?.message,
    attempts: inner.attemptsRemaining,
    seconds: typeof until === "number" ? Math.max(1, Math.ceil((until - Date.now()) / 1000)) : undefined,
  });
}
