// The one answer of the page: a word, how grave it is, and the reason, from everything that was checked.

const DAY = 86400000;

/** A day in Beijing, as 2026-12-08. */
export const beijingDay = (ms) => new Date(ms + 8 * 3600000).toISOString().slice(0, 10);

/** A moment in Beijing, in words. */
export function beijingTime(ms) {
  const text = new Date(ms + 8 * 3600000).toISOString();
  return `${dayWords(text.slice(0, 10))} ${text.slice(11, 16)}`;
}

/** 2026年12月8日. */
export function dayWords(day) {
  const [year, month, date] = day.split("-").map(Number);
  return `${year}年${month}月${date}日`;
}

const holidayWords = (year) => (year ? `${year}年节假日待国务院公布` : "");

/** A deadline as the paper prints it, with the year whose holidays are not published yet. */
export const deadlineWords = ({ day, year }) => `${dayWords(day)}${year ? `（${holidayWords(year)}）` : ""}`;

/** What is said about a deadline that the office has moved. */
export const extendedWords = (due, printed) =>
  `已准予延期至${dayWords(due.day)}（${[`原期限${dayWords(printed.day)}`, holidayWords(due.year)].filter(Boolean).join("；")}）`;

/** The latest of some deadlines, of one day the one that waits for holidays; null for none. */
export function latest(deadlines) {
  const order = (one, other) => (one.day === other.day ? one.year - other.year : one.day < other.day ? -1 : 1);
  return deadlines.filter((one) => one.day).sort(order).at(-1) ?? null;
}

/** What was granted, one sentence for the findings that moved alike; empty for nothing. */
export function extensionWords(findings) {
  const groups = new Map();
  for (const one of findings.filter((finding) => finding.isExtended)) {
    const words = extendedWords(one.due, one.printed);
    groups.set(words, [...(groups.get(words) ?? []), one.ordinal]);
  }
  return Array.from(groups, ([words, ordinals]) => `第${ordinals.join("、")}项${words}`).join("；");
}

/** The answer where something does not hold. */
export const refuted = (reason) => ({ word: "不符", tone: "bad", reason, more: "请不要采信这份文书，并联系文书上的签发单位核实。" });

/** The answer where the check could not be made. */
export const unchecked = (reason, more) => ({ word: "无法核对", tone: "care", reason, more });

const ELSEWHERE = "用您另外知道的电话（不用文书上印的）联系签发单位，报文号核实";

/** The answer where the server could not be asked. */
export const unanswered = (reason) =>
  unchecked(reason, `请检查网络，稍后再试。没有核对，不说明文书是真是假；急需确认的，请${ELSEWHERE}。`);

/** The answer where the server knows no registration and no key such as signed the code. It may be lying: nothing was shown to be wrong. */
export const unknownTablet = () =>
  unchecked(
    "这个办公室的服务器没有登记过这份文书，也不认得出具它的平板密钥，不能确认它是这个办公室出具的。请不要采信。",
    `二维码里的内容未经核对，没有显示。请${ELSEWHERE}，或用核验程序核对电子版（见下）。`,
  );

/** The answer where what was typed leads to no notice. */
export const notAnAddress = () =>
  unchecked("这不是文书的网址，或没有输完整。", "请扫描文书上的二维码，或对照文书上印的网址从头到尾重新输入。");

/** The answer for a paper whose signature holds and that nobody has registered yet. */
export const unregistered = () => ({
  word: "尚未登记",
  tone: "care",
  reason: "二维码的签名有效，出具文书的平板由下面的办公室登记；但文书还没有登记，不知道它现在是否仍然有效。",
  more: "刚送达的文书要等平板联网后才会登记，请过一两天再查。",
});

/** The answer where the server shows an older state than this phone has seen. */
export const stale = (seen) => ({
  word: "状态存疑",
  tone: "bad",
  reason: `服务器给出的是旧的登记：这台手机以前看到过第 ${seen} 版，它却拿出更早的一版。`,
  more: "请联系签发单位核实文书现在的状态。",
});

/** The answer where the server says that there is no registration, and this phone has seen one. */
export const withheld = (seen) => ({
  word: "状态存疑",
  tone: "bad",
  reason: `服务器称文书没有登记；但这台手机以前看到过它的第 ${seen} 版登记。`,
  more: "请联系签发单位核实文书现在的状态。",
});

/** The answer where the root is another than this phone has seen at this address. */
export const otherRoot = (seen) => ({
  word: "存疑",
  tone: "bad",
  reason: "签名前后一致，但根指纹与这台手机以前在这个网址看到的不同。",
  more: `以前看到的根指纹：${seen}。请向签发单位核对下面的根指纹。`,
});

/** The answer from a registration that is genuine. */
export function standing(registration, token, nowMs) {
  const since = dayWords(beijingDay(registration.since_ms));
  const why = registration.reason ? `原因：${registration.reason}` : "";
  switch (registration.state) {
    case "withdrawn":
      return { word: "已撤回", tone: "bad", reason: `文书是真实的，但签发单位已于${since}撤回，不再有效。`, more: why };
    case "replaced":
      return {
        word: "已被替代",
        tone: "bad",
        reason: `文书是真实的，但已于${since}被${registration.replaced_by || "另一份文书"}替代，请以新的文书为准。`,
        more: why,
      };
    case "closed":
      return { word: "已办结", tone: "good", reason: `文书是真实的，签发单位已于${since}办结。`, more: why };
    case "in-force":
      return inForce(registration, token, nowMs);
    default:
      return unchecked("登记的状态不认识。", "请刷新页面后再试。");
  }
}

function inForce(registration, token, nowMs) {
  const { findings } = registration;
  const due = latest([{ day: token?.deadline ?? "", year: 0 }, ...findings.map((one) => one.due)]);
  const printed = latest(findings.map((one) => one.printed));
  const signed = token ? "签名有效，" : "";
  const as = `登记更新于${beijingTime(registration.at_ms)}。`;
  if (due === null) return { word: "真实", tone: "good", reason: `${signed}已登记，现在有效。`, more: as };
  const isLater = printed !== null && due.day > printed.day;
  const last = isLater ? `最后期限${extendedWords(due, printed)}` : `最后期限${deadlineWords(due)}`;
  if (beijingDay(nowMs) > due.day) {
    const days = Math.round((Date.parse(beijingDay(nowMs)) - Date.parse(due.day)) / DAY);
    return { word: "已逾期", tone: "care", reason: `文书真实、有效；${last}，已过 ${days} 天，尚未办结。`, more: as };
  }
  return { word: "真实", tone: "good", reason: `${signed}已登记，现在有效。${last}，当天仍算在内。`, more: as };
}
