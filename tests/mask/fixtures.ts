/** What the tests of masking share: fake values made at run time, and text around them. */

import fc from "fast-check";
import { concatBytes, encodeUtf8, Secret } from "../../src/base/mod.ts";
import { Masker } from "../../src/mask/mod.ts";

/** How much deeper than usual property tests go: OV_TEST_DEPTH, 1 without leave to read it. */
export function depth(): number {
  if (Deno.permissions.querySync({ name: "env", variable: "OV_TEST_DEPTH" }).state !== "granted") return 1;
  return Math.max(1, Number(Deno.env.get("OV_TEST_DEPTH") ?? 1));
}

const ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/** Random letters and digits: nothing that a scanner would know. */
export function randomValue(length: number): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => ALPHANUMERIC[byte % 62]).join("");
}

/** A masker for named values. */
export function maskerOf(values: Record<string, string | Uint8Array>): Masker {
  return new Masker(
    Object.entries(values).map(([name, value]) => {
      return typeof value === "string" ? Secret.fromText(name, value) : new Secret(name, value);
    }),
  );
}

export const text = (bytes: Uint8Array): string => new TextDecoder("latin1").decode(bytes);
export const utf8 = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** The masked whole, as text. */
export function masked(masker: Masker, input: string | Uint8Array): string {
  return utf8(masker.mask(typeof input === "string" ? encodeUtf8(input) : input).bytes);
}

/** What a stream gives for these chunks, without pauses. */
export function streamed(masker: Masker, chunks: readonly Uint8Array[]): Uint8Array {
  const stream = masker.stream();
  return concatBytes(...chunks.map((chunk) => stream.push(chunk)), stream.end());
}

/** `bytes` cut at these places (fractions of its length). */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const at = [0, ...places.map((place) => Math.floor(place * bytes.length)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((to, i) => bytes.subarray(at[i]!, to));
}

/** Output in which values, pieces of them, encodings and ordinary text follow each other. */
export function outputs(values: readonly string[]): fc.Arbitrary<Uint8Array> {
  const value = fc.constantFrom(...values);
  const piece = fc.oneof(
    { weight: 4, arbitrary: value },
    {
      weight: 3,
      arbitrary: fc.tuple(value, fc.nat(), fc.nat()).map(([v, a, b]) => v.slice(a % (v.length + 1)).slice(0, b % 12)),
    },
    { weight: 2, arbitrary: value.map((v) => encodeUtf8(v).toBase64()) },
    { weight: 1, arbitrary: value.map((v) => encodeUtf8(v).toHex()) },
    { weight: 1, arbitrary: value.map((v) => JSON.stringify(v + '"\n')) },
    { weight: 1, arbitrary: value.map((v) => encodeURIComponent(v)) },
    { weight: 1, arbitrary: value.map((v) => [...v].join("\n")) },
    { weight: 3, arbitrary: fc.constantFrom("\n", " ", "", "log: ", "\x1b[31m", "\\", "%2", "é", "=", "0x", "日") },
    { weight: 2, arbitrary: fc.string({ maxLength: 8 }) },
  );
  return fc.array(piece, { maxLength: 14 }).map((pieces) => encodeUtf8(pieces.join("")));
}
