// Signatures: root key → office statement → device certificate → token, and the signed registration.
// Everything is checked here, in the browser; the server is believed in nothing.

import { fromBase64, fromBase64Url, fromUtf8, joined, sha256, toHex, utf8 } from "./bytes.js";

const STATEMENT = "application/vnd.inspector.office.v1+json";
const CERTIFICATE = "application/vnd.inspector.certificate.v1+json";
const REGISTRATION = "application/vnd.inspector.registration.v1+json";
const RECEIPT = "application/vnd.inspector.reply-receipt.v1+json";
const TOKEN_DOMAIN = "inspector notice token v2\0";
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const PRIME = 2n ** 255n - 19n;
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const EIGHTH = 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n;
const SMALL_ORDER = [0n, 1n, PRIME - 1n, EIGHTH, PRIME - EIGHTH];

/** What does not hold, in words for whoever reads the page. */
export class Mismatch extends Error {}

/** Throws a Mismatch unless `key` signed `message`. */
export async function verify(key, signature, message, words) {
  if (!isSound(key) || !(await isSigned(key, signature, message))) throw new Mismatch(words);
}

/** Whether this may be a key at all. With one of small order a signature fits many messages: browsers let it pass. */
function isSound(key) {
  if (key.length !== KEY_BYTES) return false;
  const y = number(key) & (2n ** 255n - 1n);
  return y < PRIME && !SMALL_ORDER.includes(y);
}

async function isSigned(key, signature, message) {
  let own;
  try {
    own = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    // This browser has no Ed25519 of its own.
    const noble = await import("./ed25519.js");
    document.documentElement.dataset.ed25519 = "noble";
    try {
      const fits = await noble.verifyAsync(signature, message, key, { zip215: false });
      return fits && (await isExact(noble.Point, key, signature, message));
    } catch {
      return false;
    }
  }
  document.documentElement.dataset.ed25519 = "webcrypto";
  return crypto.subtle.verify({ name: "Ed25519" }, own, signature, message);
}

/**
 * Whether RFC 8032's equation holds as it stands: R = S·B - h·A.
 * The library multiplies both sides by eight, and so takes signatures that WebCrypto and our own program refuse.
 */
async function isExact(Point, key, signature, message) {
  const commitment = signature.slice(0, KEY_BYTES);
  const hash = await crypto.subtle.digest("SHA-512", joined(commitment, key, message));
  const h = number(new Uint8Array(hash)) % ORDER;
  const sum = Point.BASE.multiply(number(signature.slice(KEY_BYTES)), false);
  return toHex(sum.subtract(Point.fromBytes(key).multiply(h, false)).toBytes()) === toHex(commitment);
}

/** The number that bytes are, the least of them first. */
const number = (bytes) => BigInt(`0x${toHex(Array.from(bytes).reverse())}`);

/** The first half of a key's SHA-256 names it. */
const keyId = async (key) => (await sha256(key)).slice(0, 32);

async function opened(text, type, key, words) {
  let payload;
  let signature;
  let signer;
  let value;
  try {
    const envelope = JSON.parse(text);
    if (envelope.payloadType !== type || envelope.signatures.length !== 1) throw new Error("envelope");
    payload = fromBase64(envelope.payload);
    signature = fromBase64(envelope.signatures[0].sig);
    value = JSON.parse(fromUtf8(payload));
    signer = key ?? fromBase64(value.root);
  } catch {
    throw new Mismatch(words);
  }
  const head = `DSSEv1 ${utf8(type).length} ${type} ${payload.length} `;
  await verify(signer, signature, joined(utf8(head), payload), words);
  return value;
}

/** The chain from the root to a device's key; throws a Mismatch where it breaks. */
export async function chainOf(statementText, certificateText) {
  const statement = await opened(statementText, STATEMENT, null, "办公室声明的签名不对");
  const certificate = await opened(
    certificateText, CERTIFICATE, fromBase64(statement.issuing), "出具文书的平板不是这个办公室登记的",
  );
  if (certificate.kind !== "device" || certificate.tenant !== statement.tenant) {
    throw new Mismatch("证书不是这个办公室平板的证书");
  }
  const root = fromBase64(statement.root);
  const device = fromBase64(certificate.key);
  return {
    office: statement.office,
    tenant: statement.tenant,
    root: await sha256(root),
    issuing: await keyId(fromBase64(statement.issuing)),
    device,
    deviceId: await keyId(device),
    feed: fromBase64(statement.feed),
    log: logOf(statement.log),
    statement: statementText,
    recipients: statement.recipients.map((one) => one.recipient),
  };
}

/** Name and key of the log that a statement names: name+hash+base64(1 ‖ key). */
function logOf(text) {
  const [name, , ...encoded] = text.split("+");
  return { name, key: fromBase64(encoded.join("+")).slice(1) };
}

/** The receipt that the office's server signed for this reply; throws a Mismatch where it is another. */
export async function receiptOf(text, chain, sent) {
  const receipt = await opened(text, RECEIPT, chain.log.key, "回执不是这个办公室的服务器签署的");
  if (receipt.log !== chain.log.name) throw new Mismatch("回执不是这个办公室的服务器签署的");
  for (const [name, value] of Object.entries(sent)) {
    if (receipt[name] !== value) throw new Mismatch("服务器收到的与您提交的不同");
  }
  return receipt;
}

/** The registration that the office's feed key signed for this notice. */
export async function registrationOf(text, chain, publicId) {
  const value = await opened(text, REGISTRATION, chain.feed, "登记内容不是这个办公室签署的");
  if (value.v !== 1) throw new Mismatch("登记内容来自更新的版本，请刷新页面");
  if (value.public_id !== publicId || value.tenant !== chain.tenant) throw new Mismatch("登记内容属于另一份文书");
  return { ...value, findings: value.findings.map(findingOf) };
}

/** A finding; registrations of an earlier version end after the deadline. */
function findingOf([ordinal, facts, requirement, deadline, year = 0, old = "", oldYear = 0]) {
  const due = { day: deadline, year };
  return { ordinal, facts, requirement, due, printed: old ? { day: old, year: oldYear } : due, isExtended: old !== "" };
}

/** What a token claims; throws a Mismatch when it cannot be read. */
export function readToken(text) {
  try {
    const data = fromBase64Url(text);
    const body = data.slice(0, -SIGNATURE_BYTES);
    const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    if (body[0] !== 2) throw new Error("version");
    const texts = [];
    let at = 61;
    while (at < body.length) {
      const end = at + 1 + body[at];
      if (end > body.length) throw new Error("cut");
      texts.push(fromUtf8(body.slice(at + 1, end)));
      at = end;
    }
    if (texts.length !== 3) throw new Error("texts");
    const day = String(view.getUint32(55)).padStart(8, "0");
    return {
      body,
      signature: data.slice(-SIGNATURE_BYTES),
      keyId: toHex(body.slice(1, 17)),
      publicId: toHex(body.slice(17, 33)),
      digest: toHex(body.slice(33, 49)),
      issuedMs: view.getUint16(49) * 2 ** 32 + view.getUint32(51),
      deadline: view.getUint32(55) ? `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}` : "",
      findings: view.getUint16(59),
      number: texts[0],
      issuer: texts[1],
      enterprise: texts[2],
    };
  } catch {
    throw new Mismatch("二维码内容不完整，或被改动过");
  }
}

/** Throws a Mismatch unless the chain's device signed the token. */
export async function verifyToken(token, chain) {
  if (token.keyId !== chain.deviceId) throw new Mismatch("签名的平板与证书上的不是同一台");
  const message = joined(utf8(TOKEN_DOMAIN), token.body);
  await verify(chain.device, token.signature, message, "签名与二维码内容不符：内容被改动过");
}

/** Throws a Mismatch unless token and registration speak of the same paper. */
export function compareToken(token, registration) {
  const names = [
    [token.issuer, registration.issuer, "签发单位"],
    [token.enterprise, registration.enterprise, "被检查单位"],
  ];
  for (const [short, long, what] of names) {
    const begins = short.endsWith("…") && long.startsWith(short.slice(0, -1));
    if (short !== long && !begins) throw new Mismatch(`二维码与登记的${what}不一致`);
  }
  if (token.number !== registration.number) throw new Mismatch("二维码与登记的文号不一致");
  if (!registration.digest.startsWith(token.digest)) throw new Mismatch("二维码与登记的正文摘要不一致");
}
