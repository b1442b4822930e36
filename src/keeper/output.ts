import { OvError } from "../base/mod.ts";

/** Writes every byte. @throws OvError `io/failed` where the reader is gone */
export async function writeWhole(
  to: { write(bytes: Uint8Array): Promise<number> },
  bytes: Uint8Array,
): Promise<void> {
  try {
    for (let written = 0; written < bytes.length;) written += await to.write(bytes.subarray(written));
  } catch (cause) {
    throw new OvError("io/failed", "Cannot write the output: nobody reads it", { cause });
  }
}
