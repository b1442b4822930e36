import { OvError } from "../base/mod.ts";

interface Writable {
  write(bytes: Uint8Array): Promise<number>;
}

/** Writes every byte; the stream's own error passes as it is, for a caller that knows what a closed pipe means. */
export async function writeThrough(to: Writable, bytes: Uint8Array): Promise<void> {
  for (let written = 0; written < bytes.length;) written += await to.write(bytes.subarray(written));
}

/** Writes every byte. @throws OvError `io/failed` where the reader is gone */
export async function writeWhole(to: Writable, bytes: Uint8Array): Promise<void> {
  try {
    await writeThrough(to, bytes);
  } catch (cause) {
    throw new OvError("io/failed", "Cannot write the output: nobody reads it", { cause });
  }
}
