// Bytes and how they are written, as in docs/formats: base64, hexadecimal, Crockford's base32, the reply code.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** UTF-8 bytes of a text. */
export const utf8 = (text) => encoder.encode(text);

/** The text of UTF-8 bytes; throws on any other bytes. */
export const fromUtf8 = (bytes) => decoder.decode(bytes);

/** Bytes one after another. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes of standard base64; throws on another alphabet. */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}

/** Standard base64 of bytes. */
export function toBase64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Bytes of URL-safe base64 without padding; throws on a second spelling of the same bytes. */
export function fromBase64Url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new Error("base64url");
  const bytes = fromBase64(text.replace(/-/g, "+").replace(/_/g, "/"));
  if (toBase64Url(bytes) !== text) throw new Error("base64url");
  return bytes;
}

/** URL-safe base64 of bytes, without padding. */
export function toBase64Url(bytes) {
  return toBase64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Lower-case hexadecimal. */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Bytes of hexadecimal digits. */
export function fromHex(text) {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

/** Hexadecimal SHA-256. */
export async function sha256(bytes) {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
}

/** Random bytes. */
export const randomBytes = (count) => crypto.getRandomValues(new Uint8Array(count));

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

function digitsOf(typed) {
  const text = typed.normalize("NFKC").toUpperCase().replace(/[\s\-_\u2010\u2013\u2014]/g, "");
  const plain = text.replace(/O/g, "0").replace(/[IL]/g, "1");
  return Array.from(plain, (char) => ALPHABET.indexOf(char));
}

/** The reply code that was typed, without dashes; null when it cannot be one (docs/formats/public.md). */
export function replyCode(typed) {
  const digits = digitsOf(typed);
  let atOne = 0;
  let atX = 0;
  for (const digit of digits) {
    if (digit < 0) return null;
    atOne ^= digit;
    atX = (atX << 1) ^ digit;
    if (atX & 32) atX ^= 0b100101;
  }
  if (digits.length !== 16 || atOne !== 0 || atX !== 0) return null;
  return digits.map((digit) => ALPHABET[digit]).join("");
}

/** The eight characters that find a notice by hand: the first forty bits of its public id. */
export function locator(publicId) {
  let number = BigInt(`0x${publicId.slice(0, 10)}`);
  let text = "";
  for (let place = 0; place < 8; place += 1) {
    text = ALPHABET[Number(number & 31n)] + text;
    number >>= 5n;
  }
  return text;
}

/** The locator that stands in an address, as the server and the code's salt spell it; null for none. */
export function readLocator(typed) {
  const digits = digitsOf(typed);
  if (digits.length !== 8 || digits.includes(-1)) return null;
  return digits.map((digit) => ALPHABET[digit]).join("");
}
