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
// Controls, and what shows nothing or is no character: the office refuses them in any text.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\u034F\u115F\u1160\u17B4\u17B5\u180B-\u180F\u2800\u3164\uFDD0-\uFDEF\uFE00-\uFE0F\uFFA0\uFFFE\uFFFF\u{1D159}\u{E0100}-\u{E01EF}]/gu;

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
      let known = { registration, chain };
      if (open) {
        const key = await unwrapKey(fromBase64(found.wrapped), keys.wrapping, found.public_id);
        known = await open(found.public_id, await openBox(fromBase64(found.box), key, found.public_id));
      }
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
    ...earlier(publicId),
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
  const findings = registration.findings.map((finding) => findingForm(finding));
  const name = element("input", { type: "text", id: "name", maxlength: "60", autocomplete: "name" });
  const phone = element("input", { type: "tel", id: "phone", maxlength: "40", autocomplete: "tel" });
  const problem = element("p", { class: "problem", id: "send-problem", role: "alert" });
  const button = element("button", { type: "button", id: "send", text: "加密并提交" });
  const kept = element("div", { class: "kept" });
  let sealed = null;

  const fill = () => ({
    public_id: publicId, name: name.value.trim(), phone: phone.value.trim(), findings: findings.map((one) => one.value()),
  });
  const enter = (draft) => {
    name.value = String(draft?.name ?? "");
    phone.value = String(draft?.phone ?? "");
    for (const one of findings) one.enter(draft?.findings?.[one.ordinal]);
  };
  button.addEventListener("click", async () => {
    problem.textContent = doubt(fill());
    if (problem.textContent) return;
    button.disabled = true;
    button.textContent = "正在加密并提交……";
    try {
      const asked = JSON.stringify(fill());
      // The same content goes out as the same bytes, so that sending twice is answered with the same receipt.
      if (sealed?.asked !== asked) sealed = { asked, ...(await seal(fill(), findings, chain.recipients)) };
      if (sealed.bytes.length > MOST_BYTES) throw new Refused("", "这份回复超过 8 MB。", "请减少照片后重新提交。");
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
    } finally {
      button.disabled = false;
      button.textContent = "加密并提交";
    }
  });
  const form = element("div", {}, [
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
    keepDraft(publicId, fill());
  });
  offer(kept, keptDraft(publicId), {
    enter: (draft) => {
      enter(draft);
      keepDraft(publicId, fill());
    },
    clear: () => {
      enter(null);
      forgetDraft(publicId);
    },
  });
  body.replaceChildren(form);
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
    say("上次填写的文字已恢复；照片请重新添加。", "清空文字", "clear-draft", () => {
      clear();
      say("文字已清空。", "撤销", "undo-clear", restore);
    });
  };
  restore();
}

function doubt({ name, phone, findings }) {
  if (!findings.some((one) => one.done || one.text.trim() || one.photos)) return "请至少填写一项整改情况。";
  if (!name) return "请填写姓名。";
  if (!/\d{5,}/.test(phone.replace(/[\s-]/g, ""))) return "请填写能联系到您的电话。";
  return "";
}

function findingForm(finding) {
  const photos = [];
  const done = element("input", { type: "checkbox", id: `done-${finding.ordinal}` });
  const text = element("textarea", { id: `text-${finding.ordinal}`, maxlength: String(TEXT_CAP) });
  const picker = element("input", { type: "file", accept: "image/*", multiple: "", id: `photos-${finding.ordinal}` });
  const strip = element("div", { class: "photos" });
  const problem = element("p", { class: "problem", role: "alert" });
  const label = element("span", { text: "添加照片" });

  picker.addEventListener("change", async () => {
    problem.textContent = "";
    for (const file of Array.from(picker.files)) {
      if (document.querySelectorAll(".photo").length >= MOST_PHOTOS) {
        problem.textContent = `一份回复最多 ${MOST_PHOTOS} 张照片。`;
        break;
      }
      label.textContent = "正在处理照片……";
      try {
        const photo = await shrunk(file);
        photos.push(photo);
        strip.append(preview(photo, () => photos.splice(photos.indexOf(photo), 1)));
      } catch {
        problem.textContent = "有一张照片打不开。请换成 JPEG 或 PNG 格式的照片。";
      }
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
    value: () => ({ ordinal: finding.ordinal, done: done.checked, text: text.value, photos: photos.length }),
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

/** The reply as bytes that only the office's identities open. */
async function seal(filled, forms, recipients) {
  const id = toHex(randomBytes(16));
  const pictures = forms.map((form) => form.photos.map((photo) => photo.bytes));
  const findings = [];
  for (const [place, one] of filled.findings.entries()) {
    const photos = [];
    for (const bytes of pictures[place]) photos.push({ size: bytes.length, sha256: await sha256(bytes) });
    findings.push({ ordinal: one.ordinal, done: one.done, text: plain(one.text, true), photos });
  }
  const json = utf8(JSON.stringify({
    v: 1, id, public_id: filled.public_id, name: plain(filled.name), phone: plain(filled.phone), at_ms: Date.now(), findings,
  }));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, json.length);
  const { Encrypter } = await import("./age.js");
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  const bytes = await encrypter.encrypt(joined(utf8(MAGIC), length, json, ...pictures.flat()));
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
