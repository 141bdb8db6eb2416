// What was typed into the form of a reply stays on this phone until it is sent: opening the camera may end the page.

const MONTH_MS = 31 * 24 * 3600 * 1000;
const nameOf = (publicId) => `inspector-reply-draft:${publicId}`;

/** The draft about a notice: `name`, `phone`, `findings` by number with `done` and `text`, `mayHaveArrived`; null where there is none of this month. */
export function keptDraft(publicId) {
  try {
    const draft = JSON.parse(localStorage.getItem(nameOf(publicId)) ?? "null");
    if (draft && Date.now() - draft.at_ms < MONTH_MS) return draft;
    forgetDraft(publicId);
    return null;
  } catch {
    return null; // Storage is switched off, or what is in it is not ours.
  }
}

/** Keeps a draft in place of the one before, and whether it may have arrived; photos are too large for it. */
export function keepDraft(publicId, { name, phone, findings }, mayHaveArrived) {
  const typed = Object.fromEntries(findings.map(({ ordinal, done, text }) => [ordinal, { done, text }]));
  const draft = { name, phone, findings: typed, mayHaveArrived, at_ms: Date.now() };
  try {
    localStorage.setItem(nameOf(publicId), JSON.stringify(draft));
  } catch {
    // Storage is switched off or full: what is on the screen is all there is.
  }
}

/** Forgets a draft that was sent or thrown away. */
export function forgetDraft(publicId) {
  try {
    localStorage.removeItem(nameOf(publicId));
  } catch {
    // Storage is switched off: nothing was kept.
  }
}
