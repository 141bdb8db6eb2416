// Photos of a reply: turned upright, bounded, encoded again, so that neither place nor device goes along.

import { sha256 } from "./bytes.js";

const EDGE = 1600;
const QUALITIES = [0.82, 0.7, 0.55];
const MOST_BYTES = 2 * 1024 * 1024;

/** A JPEG of at most 1600 pixels on its longer side, without anything but the picture; throws when it is none. */
export async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, EDGE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff"; // a transparent picture must not become black
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  for (const quality of QUALITIES) {
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob && blob.size <= MOST_BYTES) {
      const bytes = new Uint8Array(await blob.arrayBuffer());
      return { bytes, sha256: await sha256(bytes), canvas };
    }
  }
  throw new Error("too large");
}
