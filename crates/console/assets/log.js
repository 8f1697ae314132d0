// Shows each request and its answer as they happen.

import { decode, looksLikeJwt } from "./jwt.js";

const list = document.getElementById("log");
const empty = document.getElementById("log-empty");

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

function fold(title, text, className) {
  const details = element("details", className);
  details.append(element("summary", "", title), element("pre", "", text));
  return details;
}

function shortened(value) {
  return looksLikeJwt(value) ? `${value.slice(0, 24)}… (JWT of ${value.length} characters)` : value;
}

/** JSON with line breaks; JWTs in it shortened. */
function pretty(body) {
  if (typeof body === "string") return shortened(body);
  return JSON.stringify(body, (_, value) => shortened(value), 2);
}

/** Every JWT in a body, with the name of the member that holds it, or what the body is. */
function jwtsOf(title, body) {
  if (looksLikeJwt(body)) return [[title, body]];
  if (body === null || typeof body !== "object") return [];
  return Object.entries(body).filter(([, value]) => looksLikeJwt(value));
}

function content(title, headers, body) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  if (body !== undefined && body !== "") {
    if (lines.length > 0) lines.push("");
    lines.push(pretty(body));
  }
  if (lines.length === 0) return [];
  const parts = [fold(title, lines.join("\n"), "content")];
  for (const [name, jwt] of jwtsOf(title, body)) {
    // An access token is a secret of its bearer; what it says is of no use here.
    if (name === "access_token") continue;
    const decoded = decode(jwt);
    if (!decoded) continue;
    const text = `${JSON.stringify(decoded.header, null, 2)}\n\n${JSON.stringify(decoded.claims, null, 2)}`;
    parts.push(fold(`${name}, decoded`, text, "jwt"));
  }
  return parts;
}

/**
 * Begins an entry. `request` has `why` (one sentence), `method`, `url`, `headers` and `body`.
 * The entry ends with `answered(status, statusText, headers, body)` or `failed(text)`.
 */
export function begin(request) {
  empty.hidden = true;
  const item = element("li", "call");
  item.dataset.state = "open";
  const line = element("p", "line");
  const outcome = element("span", "outcome", "…");
  line.append(
    element("span", "method", request.method),
    " ",
    element("code", "url", request.url),
    " ",
    outcome,
  );
  item.append(element("p", "why", request.why), line);
  item.append(...content("Request", request.headers, request.body));
  list.append(item);
  return {
    answered(status, statusText, headers, body) {
      item.dataset.state = status < 400 ? "good" : "bad";
      outcome.textContent = `${status} ${statusText}`.trim();
      item.append(...content("Answer", headers, body));
    },
    failed(text) {
      item.dataset.state = "bad";
      outcome.textContent = text;
    },
  };
}

/** Empties the list. */
export function clear() {
  list.replaceChildren();
  empty.hidden = false;
}
