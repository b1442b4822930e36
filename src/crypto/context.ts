/** The context of FORMAT §1.1: what a key, a MAC or a seal is for, spelt so that no two contexts read alike. */
import { concatBytes, encodeUtf8 } from "../base/mod.ts";

/** One field of a context: text as UTF-8, or bytes. */
export type ContextField = string | Uint8Array;

/** Bytes of a context, from {@link encodeContext} only: no other byte string can stand in for one by mistake. */
export type Context = Uint8Array<ArrayBuffer> & { readonly context: unique symbol };

/**
 * `item("ov/1/" ‖ purpose) ‖ item(field) …` with `item(x) = u32 length ‖ x`. The lengths make it unambiguous: fields
 * cannot slide into one another.
 */
export function encodeContext(purpose: string, ...fields: readonly ContextField[]): Context {
  const parts: Uint8Array[] = [];
  for (const field of [`ov/1/${purpose}`, ...fields]) {
    const bytes = typeof field === "string" ? encodeUtf8(field) : field;
    parts.push(u32(bytes.byteLength), bytes);
  }
  return concatBytes(...parts) as Context;
}

/** One byte. Throws `RangeError` outside 0 to 255, as the others do outside theirs. */
export function u8(value: number): Uint8Array<ArrayBuffer> {
  return integer(value, 1);
}

/** Two bytes, big-endian. */
export function u16(value: number): Uint8Array<ArrayBuffer> {
  return integer(value, 2);
}

/** Four bytes, big-endian. */
export function u32(value: number): Uint8Array<ArrayBuffer> {
  return integer(value, 4);
}

/** Eight bytes, big-endian; at most 2^53 − 1. */
export function u64(value: number): Uint8Array<ArrayBuffer> {
  return integer(value, 8);
}

function integer(value: number, width: number): Uint8Array<ArrayBuffer> {
  if (!Number.isSafeInteger(value) || value < 0 || (width < 8 && value >= 2 ** (8 * width))) {
    throw new RangeError(`not an unsigned integer of ${width} bytes`);
  }
  const out = new Uint8Array(width);
  let rest = value;
  for (let i = width - 1; i >= 0; i--) {
    out[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
}
