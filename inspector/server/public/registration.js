// The sealed registration and what a reply code opens: docs/formats/public.md.

import { fromBase64, fromHex, fromUtf8, joined, utf8 } from "./bytes.js";
import { Mismatch } from "./proofs.js";

const BOX_LABEL = "inspector notice registration v1";
const WRAP_LABEL = "inspector reply code v1 wrap";
const CODE_LABEL = "inspector reply code v1 ";
const BOX_BYTES = 1 + 12 + 48 * 1024 + 16;
const ROUNDS = 100000;

async function unsealed(box, rawKey, label, publicId, words) {
  if (box[0] !== 1) throw new Mismatch("登记内容来自更新的版本，请刷新页面");
  const key = await crypto.subtle.importKey("raw", rawKey, "AES-GCM", false, ["decrypt"]);
  const additionalData = joined(utf8(label), fromHex(publicId));
  try {
    const iv = box.slice(1, 13);
    return new Uint8Array(
      await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData }, key, box.slice(13)),
    );
  } catch {
    throw new Mismatch(words);
  }
}

/** Statement, certificate and registration as texts; throws a Mismatch when the box does not open. */
export async function openBox(box, key, publicId) {
  const words = "登记内容打不开：网址末尾被改动过，或服务器给出的不是这份文书的登记";
  if (box.length !== BOX_BYTES) throw new Mismatch(words);
  const secret = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
  const derivation = { name: "HKDF", hash: "SHA-256", salt: fromHex(publicId), info: utf8(BOX_LABEL) };
  const boxKey = await crypto.subtle.deriveBits(derivation, secret, 256);
  const padded = await unsealed(box, boxKey, BOX_LABEL, publicId, words);
  const length = new DataView(padded.buffer).getUint32(0);
  try {
    return JSON.parse(fromUtf8(padded.slice(4, 4 + length)));
  } catch {
    throw new Mismatch("登记内容读不出来");
  }
}

/** What a reply code gives for a notice: a proof for the server, and a key that the server never sees. */
export async function codeKeys(code, place) {
  const secret = await crypto.subtle.importKey("raw", utf8(code), "PBKDF2", false, ["deriveBits"]);
  const salt = utf8(CODE_LABEL + place);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(derivation, secret, 512));
  return { proof: bits.slice(0, 32), wrapping: bits.slice(32) };
}

/** The registration's key, from what the server keeps wrapped for whoever has the code. */
export function unwrapKey(wrapped, wrapping, publicId) {
  return unsealed(wrapped, wrapping, WRAP_LABEL, publicId, "登记密钥打不开：服务器给出的不是这份文书的登记");
}

/** What the server said it could not do, in its own words. */
export class Refused extends Error {
  constructor(code, message, hint, { isSettled = false } = {}) {
    super(message);
    this.code = code;
    this.hint = hint;
    this.isSettled = isSettled; // nothing of what was asked was done
  }
}

/** One request to the office's server; throws Refused with the server's sentence. */
export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(`/api/v1/${path}`, {
      credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", ...options,
    });
  } catch {
    throw new Refused("unreachable", "现在连不上服务器。", "请检查网络后再试；已填写的内容还在页面上。");
  }
  let value;
  try {
    value = await answer.json();
  } catch {
    throw new Refused("unreadable", "服务器的答复读不出来。", "请稍后再试。");
  }
  if (!answer.ok) {
    const isSettled = answer.status < 500;
    throw new Refused(value.code ?? "", value.message ?? "服务器没有接受。", value.hint ?? "请稍后再试。", { isSettled });
  }
  return value;
}

/** The sealed registration of a notice; null when there is none. */
export async function fetchBox(publicId) {
  try {
    const found = await ask(`notices/${publicId}`);
    return fromBase64(found.box);
  } catch (error) {
    if (error instanceof Refused && error.code === "notice.unregistered") return null;
    throw error;
  }
}
