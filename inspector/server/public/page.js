// The page of one notice: check what the QR code says, show the answer, compare a PDF, open the reply form.

import { fromBase64, fromBase64Url, fromUtf8, readLocator, sha256 } from "./bytes.js";
import { Mismatch, chainOf, compareToken, readToken, registrationOf, verifyToken } from "./proofs.js";
import { Refused, ask, fetchBox, openBox } from "./registration.js";
import { showReply } from "./reply.js";
import {
  beijingDay, dayWords, deadlineWords, extensionWords, latest, notAnAddress, otherRoot, refuted, stale, standing, unanswered, unchecked,
  unknownTablet, unregistered, withheld,
} from "./verdict.js";

const $ = (id) => document.getElementById(id);

/** Shows the answer. */
function say(answer) {
  const card = $("answer");
  card.hidden = false;
  card.className = `card ${answer.tone}`;
  $("word").textContent = answer.word;
  $("reason").textContent = answer.reason;
  $("more").textContent = answer.more ?? "";
}

function showFacts(rows) {
  $("facts").replaceChildren(...rows.filter(([, text]) => text !== "").flatMap(([label, text]) => {
    const term = document.createElement("dt");
    const value = document.createElement("dd");
    term.textContent = label;
    value.textContent = text;
    return [term, value];
  }));
  $("paper").hidden = false;
}

function factsOf(token, registration) {
  const findings = registration?.findings ?? [];
  const printed = latest(findings.map((one) => one.printed));
  // What the token says stands on the paper; only the registration knows which holidays it waits for.
  const last = token && token.deadline !== printed?.day ? { day: token.deadline, year: 0 } : printed;
  const day = registration?.issued_on ?? beijingDay(token.issuedMs);
  // The code cuts long names; the registration, which was compared with it, has them whole.
  const { number, issuer, enterprise } = registration ?? token;
  return [
    ["文书", registration?.title ?? ""],
    ["文号", number],
    ["签发日期", dayWords(day)],
    ["签发单位", issuer],
    ["被检查单位", enterprise],
    ["问题项数", `${token?.findings ?? registration.findings.length} 项`],
    ["最后期限", last?.day ? deadlineWords(last) : "无"],
    ["延期", extensionWords(findings)],
  ];
}

const grouped = (print) => print.match(/.{4}/g).join(" ");

function showChain(chain, token) {
  const links = [
    `根密钥签署办公室声明：${chain.office}`,
    `办公室的签发密钥（${chain.issuing.slice(0, 8)}）签署平板证书`,
    `平板的密钥（${chain.deviceId.slice(0, 8)}）${token ? "签署这份文书的二维码" : "出具这份文书"}`,
  ];
  $("links").replaceChildren(...links.map((words) => {
    const item = document.createElement("li");
    item.textContent = words;
    return item;
  }));
  $("root").textContent = grouped(chain.root);
  $("chain").hidden = false;
}

// --- What this phone has seen before ---

function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // storage is switched off: then nothing is remembered, and nothing can be noticed
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // as above
  }
}

/** The answer that memory gives, if it contradicts what is shown now; version 0 is none at all, and the server may give no chain. */
function contradicted(publicId, chain, version) {
  const root = remembered("inspector:root");
  if (root && chain && root !== chain.root) return otherRoot(grouped(root));
  if (chain) remember("inspector:root", chain.root);
  const name = `inspector:${publicId}`;
  const seen = Number(remembered(name) ?? 0);
  if (version < seen) return version ? stale(seen) : withheld(seen);
  remember(name, String(version));
  return null;
}

// --- Checking ---

function fragment() {
  const [token, key] = location.hash.slice(1).split(".");
  return { token: token ?? "", key: key ?? "" };
}

/** Statement and certificate of a tablet's key; null where the server says that it knows no such key. */
async function certificates(keyId) {
  try {
    const found = await ask(`device-keys/${keyId}`);
    return { statement: fromUtf8(fromBase64(found.statement)), certificate: fromUtf8(fromBase64(found.certificate)) };
  } catch (error) {
    if (error instanceof Refused && error.code === "request.unknown") return null;
    throw error;
  }
}

/**
 * Everything about a scanned code: throws a Mismatch, or gives the answer and what the form needs.
 * What the code claims, and whose key signed it, is shown once it is checked and not before: a forger chose those words.
 */
async function check(publicId) {
  const { token: text, key } = fragment();
  if (!text || !key) {
    return { answer: unchecked("网址不完整：缺少 # 后面的内容。", "请重新扫描文书上的二维码，或把整段网址完整粘贴。") };
  }
  const token = readToken(text);
  if (token.publicId !== publicId) throw new Mismatch("二维码内容属于另一份文书");
  const box = await fetchBox(publicId);
  if (box === null) {
    const files = await certificates(token.keyId);
    if (files === null) return { answer: contradicted(publicId, null, 0) ?? unknownTablet() };
    const chain = await chainOf(files.statement, files.certificate);
    await verifyToken(token, chain);
    showFacts(factsOf(token, null));
    showChain(chain, token);
    return { answer: contradicted(publicId, chain, 0) ?? unregistered() };
  }
  const content = await openBox(box, keyBytes(key), publicId);
  const chain = await chainOf(content.statement, content.certificate);
  await verifyToken(token, chain);
  const registration = await registrationOf(content.registration, chain, publicId);
  compareToken(token, registration);
  const answer = contradicted(publicId, chain, registration.version) ?? standing(registration, token, Date.now());
  showFacts(factsOf(token, registration));
  showChain(chain, token);
  return { answer, registration, chain };
}

function keyBytes(text) {
  try {
    const key = fromBase64Url(text);
    if (key.length === 16) return key;
  } catch {
    // told below, with the other wrong lengths
  }
  throw new Mismatch("网址末尾不完整，或被改动过");
}

/** The answer for somebody who typed the address and then the code. */
async function opened(publicId, content) {
  const chain = await chainOf(content.statement, content.certificate);
  const registration = await registrationOf(content.registration, chain, publicId);
  const answer = contradicted(publicId, chain, registration.version) ?? standing(registration, null, Date.now());
  showFacts(factsOf(null, registration));
  showChain(chain, null);
  say({ ...answer, more: [answer.more, "没有扫描二维码，所以没有核对纸面的签名。"].filter(Boolean).join("\n") });
  watchPdf(registration);
  return { registration, chain };
}

function failure(error) {
  // The server's hint is for whoever waits for something of their own, as a tablet does; a passer-by has another need.
  if (error instanceof Refused) return unanswered(error.message);
  if (error instanceof Mismatch) return refuted(`${error.message}。`);
  console.error(error);
  return unanswered("核对没有做完：内容或页面有误。");
}

// --- The PDF ---

function watchPdf(registration) {
  $("original").hidden = false;
  const drop = $("drop");
  const compare = async (file) => {
    const print = await sha256(await file.arrayBuffer());
    const words = {
      [registration.pdf_sha256]: "是原件：与送达时的电子版一字节不差。",
      [registration.office_copy_sha256]: "是原件：与签发单位留存的签章件一字节不差。",
    }[print];
    const result = $("pdf-result");
    result.className = `result ${words ? "good" : "bad"}`;
    result.textContent = words ?? "不是原件：与登记的摘要不符，可能被改动过，或是另一份文件。";
  };
  $("pdf").addEventListener("change", (event) => event.target.files[0] && compare(event.target.files[0]));
  for (const name of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files[0]) compare(event.dataTransfer.files[0]);
    });
  }
}

// --- Beginning ---

/** The locator in the address; null for none. */
function typedPlace(name) {
  try {
    return readLocator(decodeURIComponent(name));
  } catch {
    return null; // a percent sign before what are no digits
  }
}

async function start() {
  const [, kind, name] = location.pathname.toLowerCase().split("/");
  $("limits").hidden = false;
  if (!["n", "r"].includes(kind) || !name) {
    say(notAnAddress());
    return;
  }
  if (!globalThis.crypto?.subtle) {
    say(unchecked("这个浏览器不能核对签名。", "请用较新的浏览器，并经 https 打开网址。"));
    return;
  }
  if (kind === "r") {
    const place = typedPlace(name);
    if (place === null) {
      say(unchecked("网址里的查询编号不对。", "请对照文书上印的网址重新输入。"));
      return;
    }
    say({ word: "请输入回复码", tone: "", reason: "回复码印在文书的二维码下方。", more: "" });
    showReply({ place, open: opened });
    return;
  }
  say({ word: "正在核对……", tone: "", reason: "", more: "" });
  const found = await check(name).catch((error) => ({ answer: failure(error) }));
  say(found.answer);
  if (found.registration) {
    watchPdf(found.registration);
    showReply({ publicId: name, registration: found.registration, chain: found.chain });
  }
}

window.addEventListener("hashchange", () => location.reload());
start();
