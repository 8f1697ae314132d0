// Calls of the desktop authenticator on this computer. Only ever made on a click: the first one may
// raise a question of the browser.

import { begin } from "./log.js";
import { Stop } from "./stop.js";

// A failure that comes sooner than this (milliseconds) is one of reaching the port; one that comes
// later is not tried again, because the authenticator may have seen the request.
const REACHING = 2000;
// How much longer than the authenticator the page waits (milliseconds).
const GRACE = 5000;
const SHORTEST_TIMEOUT = 60000;

/** Whether this page itself lies on the loopback network; then the browser asks nothing. */
function onLoopback() {
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(location.hostname);
}

/** `granted`, `prompt`, `denied`; `unknown` where the browser has no such permission. */
export async function permission() {
  if (onLoopback()) return "granted";
  for (const name of ["loopback-network", "local-network-access"]) {
    try {
      return (await navigator.permissions.query({ name })).state;
    } catch {
      // The name is unknown to this browser: try the older one, then just go ahead.
    }
  }
  return "unknown";
}

async function post(base, path, jwt, signal) {
  return fetch(`${base}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/jwt" },
    body: jwt,
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal,
  });
}

async function answerOf(entry, response) {
  const text = await response.text();
  if (response.ok) {
    entry.answered(response.status, response.statusText, {}, text);
    return text;
  }
  let body = text;
  try {
    body = JSON.parse(text);
  } catch {
    // Shown as it came.
  }
  entry.answered(response.status, response.statusText, {}, body);
  const seconds = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
  throw new Stop(body.code ?? "AUTHENTICATOR_REFUSED", {
    detail: body.message,
    seconds: Number.isNaN(seconds) ? undefined : seconds,
  });
}

/**
 * Posts a signed request to the authenticator and gives its signed answer.
 * `timeout` is the one in the request (milliseconds); `cancelled` an AbortSignal of the person.
 */
export async function ask(why, port, path, jwt, timeout, cancelled) {
  const patience = Math.max(SHORTEST_TIMEOUT, Number.isFinite(timeout) ? timeout : 0) + GRACE;
  const signal = AbortSignal.any([cancelled, AbortSignal.timeout(patience)]);
  for (const host of ["localhost", "127.0.0.1"]) {
    const base = `http://${host}:${port}`;
    const entry = begin({
      why,
      method: "POST",
      url: `${base}${path}`,
      headers: { "Content-Type": "application/jwt", Origin: location.origin },
      body: jwt,
    });
    const began = performance.now();
    let response;
    try {
      response = await post(base, path, jwt, signal);
    } catch {
      if (cancelled.aborted) {
        entry.failed("cancelled");
        throw new Stop("CANCELLED");
      }
      if (signal.aborted) {
        entry.failed("no answer in time");
        throw new Stop("USER_TIMEOUT");
      }
      entry.failed("no answer");
      if (performance.now() - began > REACHING) throw new Stop("CONNECTION_LOST");
      continue;
    }
    return answerOf(entry, response);
  }
  throw new Stop((await permission()) === "denied" ? "PERMISSION_DENIED" : "NO_AUTHENTICATOR");
}
