// The reply: the code opens the form, the form is sealed here to the office's keys, the server gives a receipt.

import { fromBase64, joined, locator, randomBytes, replyCode, sha256, toBase64, toBase64Url, toHex, utf8 } from "./bytes.js";
import { forgetDraft, keepDraft, keptDraft } from "./drafts.js";
import { shrunk } from "./photos.js";
import { Mismatch, receiptOf } from "./proofs.js";
import { Refused, ask, codeKeys, openBox, unwrapKey } from "./registration.js";
import { beijingTime, deadlineWords, extendedWords } from "./verdict.js";

const MAGIC = "inspector reply v1\n";
const MOST_PHOTOS = 12;
const MOST_BYTES = 8 * 1024 * 1024;
const TEXT_CAP = 1000;
const MAYBE_SENT =
  "上次填写的文字已恢复；照片请重新添加。上次提交后没有收到回执，签发单位可能已经收到；再次提交会成为另一份回复。";
// Controls, and what shows nothing or is no character: the office refuses them in any text.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\p{NChar}\uFE00-\uFE0F\uFFA0\u{1D159}\u{E0100}-\u{E01EF}]/gu;

/** One element with its text, its attributes and what is in it. */
function element(tag, { text, ...attributes } = {}, children = []) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

function words(error) {
  if (error instanceof Refused) return `${error.message}${error.hint}`;
  if (error instanceof Mismatch) return `${error.message}，请联系签发单位核实。`;
  console.error(error);
  return "没有完成：内容或页面有误。已填写的内容还在页面上；仍然如此，请联系签发单位。";
}

/** Shows how a notice is answered. `open` is called where the registration has to come by way of the code. */
export function showReply({ publicId, place, registration, chain, open }) {
  const body = document.getElementById("reply-body");
  document.getElementById("reply").hidden = false;
  if (registration && registration.state !== "in-force") {
    const ended = { withdrawn: "已撤回", replaced: "已被替代", closed: "已办结" }[registration.state] ?? "已结束";
    body.replaceChildren(element("p", { text: `这份文书${ended}，不再接收回复。如有疑问，请联系签发单位。` }));
    return;
  }
  const input = element("input", {
    type: "text", id: "code", class: "code", autocomplete: "off", autocapitalize: "characters", spellcheck: "false", maxlength: "40",
  });
  const problem = element("p", { class: "problem", id: "code-problem", role: "alert" });
  const button = element("button", { type: "button", id: "open", text: "打开回复表" });
  button.addEventListener("click", async () => {
    problem.textContent = "";
    const code = replyCode(input.value);
    if (code === null) {
      problem.textContent = "回复码输入有误。共四组、每组四个字符，不含字母 I、L、O、U；请对照文书重新输入。";
      return;
    }
    button.disabled = true;
    button.textContent = "正在核对回复码……";
    try {
      const keys = await codeKeys(code, place ?? locator(publicId));
      const found = await ask(`notices/${publicId ?? place}/open`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ proof: toBase64(keys.proof) }),
      });
      // Who scanned the code answers the paper that was checked, whatever the server calls it.
      if (publicId && found?.public_id !== publicId) throw new Mismatch("服务器给出的是另一份文书");
      let known = { registration, chain };
      if (open) {
        const key = await unwrapKey(fromBase64(found.wrapped), keys.wrapping, found.public_id);
        known = await open(found.public_id, await openBox(fromBase64(found.box), key, found.public_id));
      }
      await encryption(); // while there is a line: the form may be sent from where there is none, and again later
      showForm(body, found.public_id, keys.proof, known);
    } catch (error) {
      problem.textContent = words(error);
    } finally {
      button.disabled = false;
      button.textContent = "打开回复表";
    }
  });
  input.addEventListener("keydown", (event) => event.key === "Enter" && button.click());
  body.replaceChildren(
    ...(publicId ? earlier(publicId) : []),
    element("p", { text: "整改后可以在这里回复签发单位，不用账号。回复只有签发单位能打开。" }),
    element("label", { class: "field" }, [element("span", { text: "文书上印的回复码" }), input]),
    problem,
    button,
  );
}

// --- The form ---

function showForm(body, publicId, proof, { registration, chain }) {
  if (registration.state !== "in-force") {
    showReply({ publicId, registration });
    return;
  }
  let adding = 0;
  let isSending = false;
  let sealed = null;
  let mayHaveArrived = false;

  const photos = () => findings.flatMap((one) => one.photos);
  const isFull = () => photos().length >= MOST_PHOTOS;
  const show = () => {
    form.disabled = isSending;
    button.disabled = adding > 0;
    button.textContent = isSending ? "正在加密并提交……" : adding ? "正在处理照片，处理完才能提交" : "加密并提交";
  };
  const count = (change) => {
    adding += change;
    show();
  };
  const findings = registration.findings.map((finding) => findingForm(finding, { isFull, count }));
  const name = element("input", { type: "text", id: "name", maxlength: "60", autocomplete: "name" });
  const phone = element("input", { type: "tel", id: "phone", maxlength: "40", autocomplete: "tel" });
  const problem = element("p", { class: "problem", id: "send-problem", role: "alert" });
  const button = element("button", { type: "button", id: "send" });
  const kept = element("div", { class: "kept" });

  const fill = () => ({
    public_id: publicId, name: plain(name.value).trim(), phone: plain(phone.value).normalize("NFKC").trim(), findings: findings.map((one) => one.value()),
  });
  const keep = () => keepDraft(publicId, fill(), mayHaveArrived);
  const enter = (draft) => {
    mayHaveArrived = draft?.mayHaveArrived === true;
    name.value = String(draft?.name ?? "");
    phone.value = String(draft?.phone ?? "");
    for (const one of findings) one.enter(draft?.findings?.[one.ordinal]);
  };
  button.addEventListener("click", async () => {
    const filled = fill();
    problem.textContent = doubt(filled);
    if (problem.textContent) return;
    const before = mayHaveArrived;
    isSending = true;
    show();
    try {
      const asked = JSON.stringify(filled);
      // The same content goes out as the same bytes, so that sending twice is answered with the same receipt.
      if (sealed?.asked !== asked) sealed = { asked, ...(await seal(filled, photos(), chain.recipients)) };
      if (sealed.bytes.length > MOST_BYTES) throw new Refused("", "这份回复超过 8 MB。", "请减少照片后重新提交。");
      mayHaveArrived = true;
      keep();
      const answer = await ask(`notices/${publicId}/replies`, {
        method: "POST",
        headers: { "Content-Type": "application/octet-stream", "Inspector-Reply": sealed.id, "Inspector-Proof": toBase64Url(proof) },
        body: sealed.bytes,
      });
      const sent = { public_id: publicId, reply: sealed.id, sha256: sealed.sha256, size: sealed.bytes.length };
      const receipt = await receiptOf(answer.signed, chain, sent);
      forgetDraft(publicId);
      showReceipt(body, registration, receipt, JSON.stringify({ v: 1, statement: chain.statement, receipt: answer.signed }));
    } catch (error) {
      problem.textContent = words(error);
      if (error instanceof Refused && error.isSettled) mayHaveArrived = before;
      keep();
    } finally {
      isSending = false;
      show();
    }
  });
  const form = element("fieldset", {}, [
    element("p", { text: "逐项填写整改情况。您填写的是单位自己的说明，是否整改到位由签发单位复查确定。" }),
    kept,
    ...findings.map((one) => one.shown),
    element("label", { class: "field" }, [element("span", { text: "填写人姓名" }), name]),
    element("label", { class: "field" }, [element("span", { text: "联系电话" }), phone]),
    problem,
    button,
    element("p", { class: "quiet", text: "提交前在您的手机上加密，只有签发单位能打开；照片会缩小，并去掉拍摄地点等信息。" }),
  ]);
  form.addEventListener("input", () => {
    problem.textContent = "";
    keep();
  });
  offer(kept, keptDraft(publicId), {
    enter: (draft) => {
      enter(draft);
      keep();
    },
    clear: () => {
      enter(null);
      forgetDraft(publicId);
    },
  });
  show();
  body.replaceChildren(...earlier(publicId), form);
}

/** Enters what was kept, and lets it be cleared and brought back. */
function offer(place, draft, { enter, clear }) {
  if (!draft) return;
  const say = (text, word, id, pressed) => {
    const button = element("button", { type: "button", class: "plain", id, text: word });
    button.addEventListener("click", pressed);
    place.replaceChildren(element("p", { class: "result", text }), button);
  };
  const restore = () => {
    enter(draft);
    say(draft.mayHaveArrived ? MAYBE_SENT : "上次填写的文字已恢复；照片请重新添加。", "清空文字", "clear-draft", () => {
      clear();
      say("文字已清空。", "撤销", "undo-clear", restore);
    });
  };
  restore();
}

function doubt({ name, phone, findings }) {
  if (!findings.some((one) => one.done || one.text.trim() || one.photos.length)) return "请至少填写一项整改情况。";
  if (!name) return "请填写姓名。";
  if (!/\d{5,}/.test(phone.replace(/[\s-]/g, ""))) return "请填写能联系到您的电话。";
  return "";
}

/** The part of the form about one finding; `count` takes 1 when chosen photos begin to be processed, and -1 when all are. */
function findingForm(finding, { isFull, count }) {
  const photos = [];
  const done = element("input", { type: "checkbox", id: `done-${finding.ordinal}` });
  const text = element("textarea", { id: `text-${finding.ordinal}`, maxlength: String(TEXT_CAP) });
  const picker = element("input", { type: "file", accept: "image/*", multiple: "", id: `photos-${finding.ordinal}` });
  const strip = element("div", { class: "photos" });
  const problem = element("p", { class: "problem", role: "alert" });
  const label = element("span", { text: "添加照片" });

  const tooMany = `一份回复最多 ${MOST_PHOTOS} 张照片。`;
  const add = async (file) => {
    if (isFull()) return tooMany;
    let photo;
    try {
      photo = await shrunk(file);
    } catch {
      return "有一张照片打不开。请换成 JPEG 或 PNG 格式的照片。";
    }
    if (isFull()) return tooMany; // filled meanwhile from another finding
    photos.push(photo);
    strip.append(preview(photo, () => photos.splice(photos.indexOf(photo), 1)));
    return "";
  };
  picker.addEventListener("change", async () => {
    problem.textContent = "";
    label.textContent = "正在处理照片……";
    count(1);
    try {
      for (const file of Array.from(picker.files)) problem.textContent = (await add(file)) || problem.textContent;
    } finally {
      count(-1);
    }
    label.textContent = "添加照片";
    picker.value = "";
  });
  const { due, printed, isExtended, requirement } = finding;
  const until = due.day && (isExtended ? extendedWords(due, printed) : deadlineWords(due));
  const said = [requirement && `要求：${requirement}`, until && `期限：${until}`].filter(Boolean);
  const shown = element("div", { class: "finding" }, [
    element("h3", { text: `第 ${finding.ordinal} 项` }),
    element("p", { class: "facts", text: finding.facts || "内容见文书原件。" }),
    ...said.map((text) => element("p", { class: "quiet", text })),
    element("label", { class: "tick" }, [done, element("span", { text: "已整改" })]),
    element("label", { class: "field" }, [element("span", { text: "整改说明" }), text]),
    strip,
    element("label", { class: "pick" }, [picker, label]),
    problem,
  ]);
  return {
    ordinal: finding.ordinal,
    shown,
    photos,
    enter: (draft) => {
      done.checked = draft?.done === true;
      text.value = String(draft?.text ?? "");
    },
    value: () => ({
      ordinal: finding.ordinal,
      done: done.checked,
      text: plain(text.value, true),
      photos: photos.map((photo) => ({ size: photo.bytes.length, sha256: photo.sha256 })),
    }),
  };
}

function preview(photo, remove) {
  const small = element("canvas", { width: "96", height: "96", "aria-label": "照片" });
  const side = Math.min(photo.canvas.width, photo.canvas.height);
  const [left, top] = [(photo.canvas.width - side) / 2, (photo.canvas.height - side) / 2];
  small.getContext("2d").drawImage(photo.canvas, left, top, side, side, 0, 0, 96, 96);
  const button = element("button", { type: "button", class: "plain", text: "去掉" });
  const box = element("div", { class: "photo" }, [small, button]);
  button.addEventListener("click", () => {
    remove();
    box.remove();
  });
  return box;
}

/** What seals; fetched when it is needed, for it is larger than all the rest. */
async function encryption() {
  try {
    return await import("./age.js");
  } catch {
    throw new Refused("unreachable", "现在连不上服务器。", "请检查网络后再试；已填写的内容还在页面上。");
  }
}

/** The reply as bytes that only the office's identities open. */
async function seal(filled, photos, recipients) {
  const id = toHex(randomBytes(16));
  const json = utf8(JSON.stringify({ v: 1, id, at_ms: Date.now(), ...filled }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length);
  const { Encrypter } = await encryption();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const bytes = await encrypter.encrypt(joined(utf8(MAGIC), length, json, ...photos.map((photo) => photo.bytes)));
  return { id, bytes, sha256: await sha256(bytes) };
}

/** A text without the characters that show nothing, which the office would refuse. */
function plain(text, lines = false) {
  const unix = text.replace(/\r\n?/g, "\n");
  return (lines ? unix : unix.replace(/\n/g, " ")).replace(UNSEEN, (char) => (char === "\n" ? char : ""));
}

// --- The receipt ---

function showReceipt(body, registration, receipt, file) {
  const number = `${locator(receipt.public_id)}-${receipt.ordinal}`;
  const rows = [
    ["回复编号", number],
    ["收到时间", beijingTime(receipt.received_ms)],
    ["文号", registration.number],
    ["回复摘要", receipt.sha256.match(/.{8}/g).join(" ")],
  ];
  keep(receipt.public_id, { number, at_ms: receipt.received_ms });
  const list = element("dl", {}, rows.flatMap(([label, text]) => [element("dt", { text: label }), element("dd", { text })]));
  const save = element("a", {
    class: "button", id: "receipt-file", text: "保存回执文件", download: `回执-${number}.json`,
    href: URL.createObjectURL(new Blob([file], { type: "application/json" })),
  });
  const print = element("button", { type: "button", class: "plain", text: "打印回执" });
  print.addEventListener("click", () => window.print());
  document.body.classList.add("receipt-only");
  body.replaceChildren(
    element("p", { class: "result good", id: "receipt", text: "已收到您的回复" }),
    list,
    element("p", { text: "请保存这份回执。回执由签发单位的服务器签名，签名已在您的手机上核对。" }),
    element("p", { text: "它证明：上述时间，服务器收到了这份文书的一份加密回复，摘要如上；签发单位可以拿摘要与取走的回复比对。" }),
    element("p", { text: "它不证明：回复写了什么、由谁提交，签发单位是否已经查看。回复是单位自己的说明，复查后才会办结。" }),
    save,
    print,
  );
  body.scrollIntoView({ block: "start" });
}

function keep(publicId, receipt) {
  try {
    const name = `inspector-replies:${publicId}`;
    const kept = JSON.parse(localStorage.getItem(name) ?? "[]").filter((one) => one.number !== receipt.number);
    localStorage.setItem(name, JSON.stringify([...kept, receipt]));
  } catch {
    // Storage is switched off: the receipt on the screen is all there is.
  }
}

function earlier(publicId) {
  try {
    const kept = JSON.parse(localStorage.getItem(`inspector-replies:${publicId}`) ?? "[]");
    return kept.map((one) => element("p", { class: "quiet", text: `这台手机已于${beijingTime(one.at_ms)}提交过回复 ${one.number}。` }));
  } catch {
    return [];
  }
}
