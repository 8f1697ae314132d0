// Looks into the JWTs that pass through the page. Nothing is verified here and nothing depends on
// what is read: the server and the authenticator verify.

function base64urlToBytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function jsonPart(part) {
  return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(base64urlToBytes(part)));
}

/** Whether a value has the shape of a compact JWS. */
export function looksLikeJwt(value) {
  return typeof value === "string" && /^eyJ[\w-]*\.[\w-]+\.[\w-]+$/.test(value);
}

/** Header and claims of a JWT, or `null` when it cannot be read. */
export function decode(jwt) {
  try {
    const [header, claims] = jwt.split(".");
    return { header: jsonPart(header), claims: jsonPart(claims) };
  } catch {
    return null;
  }
}

/**
 * The six digits that page and authenticator both show after pairing: the first eight bytes of
 * SHA-256("desktop-check-number-v1" || 0x00 || kid), big-endian, modulo one million.
 */
export async function checkNumber(kid) {
  const input = new TextEncoder().encode(`desktop-check-number-v1\u0000${kid}`);
  const digest = new DataView(await crypto.subtle.digest("SHA-256", input));
  return (digest.getBigUint64(0) % 1000000n).toString().padStart(6, "0");
}
