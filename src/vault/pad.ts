/** Padding of FORMAT §1.3: only the bucket of a length shows. */
import { concatBytes } from "../base/mod.ts";
import { u32 } from "../crypto/envelope.ts";
import { parseCanonical } from "./layout.ts";

const SMALLEST_BUCKET = 256;

/** The padded size for `sizeBytes`: 256, then four sizes for each doubling. */
export function bucketOf(sizeBytes: number): number {
  if (sizeBytes <= SMALLEST_BUCKET) return SMALLEST_BUCKET;
  const step = 2 ** (Math.floor(Math.log2(sizeBytes - 1)) - 2);
  return Math.ceil(sizeBytes / step) * step;
}

/** `u32 length ‖ content ‖ zeros`. */
export function pad(content: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = 4 + content.byteLength;
  return concatBytes(u32(content.byteLength), content, new Uint8Array(bucketOf(size) - size));
}

/** The content, or `null` where {@link pad} would have written something else. */
export function unpad(padded: Uint8Array): Uint8Array<ArrayBuffer> | null {
  return parseCanonical(padded, (reader) => {
    const content = reader.take(reader.u32());
    reader.check(padded.byteLength === bucketOf(4 + content.byteLength));
    reader.check(reader.rest().every((byte) => byte === 0));
    return content;
  });
}
