/**
 * Measures masking: megabytes a second for kinds of output in which no secret occurs, and what 1,000 values cost against 10.
 *
 * Usage: `deno run --allow-read scripts/bench/mask.ts [megabytes]`. Prints ratios within one run: figures of two runs, or of
 * two machines, can not be compared.
 */

import { cpuUsage } from "node:process";
import { Secret } from "../../src/base/mod.ts";
import { Masker, type Views } from "../../src/mask/mod.ts";

const CHUNK_BYTES = 1 << 16;
const megabytes = Number(Deno.args[0] ?? 8);

/** Random text of `alphabet`. */
function randomText(length: number, alphabet: string): string {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 65536) crypto.getRandomValues(bytes.subarray(i, i + 65536));
  let text = "";
  for (const byte of bytes) text += alphabet[byte % alphabet.length];
  return text;
}

const ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const HEX = "0123456789abcdef";

function secrets(count: number): Secret[] {
  return Array.from({ length: count }, (_, i) => {
    const value = i % 5 === 0
      ? randomText(64, HEX)
      : i % 5 === 1
      ? `db://u${i}:${randomText(24, ALPHANUMERIC)}@h${i}/d`
      : randomText(40, ALPHANUMERIC);
    return Secret.fromText(`S${i}`, value);
  });
}

/** Repeats `make`'s lines up to the wanted size. */
function output(make: (i: number) => string): Uint8Array {
  const bytes = new Uint8Array(megabytes << 20);
  const encoder = new TextEncoder();
  let size = 0;
  for (let i = 0; size < bytes.length; i++) {
    size += encoder.encodeInto(make(i), bytes.subarray(size)).written || bytes.length;
  }
  return bytes;
}

const words = "the test server listens on port for requests and compiles module output file resolved error warning"
  .split(" ");
const word = (i: number): string => words[(i * 7919) % words.length]!;
const blob = randomText(1 << 16, `${ALPHANUMERIC}+/`);
const hex = randomText(1 << 16, HEX);
const outputs: Record<string, Uint8Array> = {
  "prose": output((i) => `${word(i)} ${word(i + 3)} ${word(i + 5)} ${word(i * 3)} ${word(i + 11)}\n`),
  "log": output((i) =>
    `2025-01-02T03:04:${i % 60}.123Z INFO [worker-${i % 8}] GET /api/v1/users/${i * 31} 200 ${i % 97}ms ${word(i)}\n`
  ),
  "json": output((i) =>
    `{"level":"info","id":${i},"message":"${word(i)} \\"${word(i + 1)}\\"\\n","path":"/a/${word(i)}"}\n`
  ),
  "listing": output((i) =>
    `-rw-r--r-- 1 user user ${i * 37} Jan  2 03:04 ./node_modules/${word(i)}/dist/${word(i + 2)}.js\n`
  ),
  "code": output((i) => `function f${i}(e,t){return e.${word(i)}&&t[${i}]!==void 0?n(e,t.${word(i + 1)}):{a:e,b:t}};`),
  "colours": output((i) => `\x1b[32m✓\x1b[39m ${word(i)} ${word(i + 1)} \x1b[90m(${i % 50} ms)\x1b[0m\n`),
  "base64": output((i) => blob.slice((i * 76) % 60000, (i * 76) % 60000 + 76) + "\n"),
  "hex": output((i) => hex.slice((i * 64) % 60000, (i * 64) % 60000 + 64) + `  ./${word(i)}\n`),
};

function measure(masker: Masker, bytes: Uint8Array): number {
  const stream = masker.stream();
  const started = cpuUsage();
  for (let i = 0; i < bytes.length; i += CHUNK_BYTES) stream.push(bytes.subarray(i, i + CHUNK_BYTES));
  stream.end();
  if (stream.maskedCount > 0) throw new Error("a bench output was masked");
  // The processor's time, not the clock's: other programs may be running.
  const { user, system } = cpuUsage(started);
  return bytes.length / (user + system);
}

const kinds: [string, Masker][] = [];
for (const views of ["literal", "all"] as Views[]) {
  for (const count of [10, 1000]) kinds.push([`${views}, ${count}`, new Masker(secrets(count), { views })]);
}
const print = (cells: string[]): void => {
  Deno.stdout.writeSync(new TextEncoder().encode(cells.map((cell) => cell.padStart(14)).join("") + "\n"));
};
print(["MB/s", ...kinds.map(([name]) => name), "cost of 1000"]);
for (const [name, bytes] of Object.entries(outputs)) {
  for (const [, masker] of kinds) measure(masker, bytes.subarray(0, 1 << 20));
  const speeds = kinds.map(([, masker]) => Math.max(measure(masker, bytes), measure(masker, bytes)));
  print([name, ...speeds.map((speed) => speed.toFixed(0)), `${(speeds[2]! / speeds[3]!).toFixed(2)}x`]);
}
