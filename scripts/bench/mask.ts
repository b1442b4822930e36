/**
 * Measures masking: megabytes a second for kinds of output in which no secret occurs, what 1,000 values cost against 10, and both
 * beside a plain loop over the same bytes.
 *
 * Usage: `deno run --allow-read scripts/bench/mask.ts [megabytes]`. Speeds are by the processor's time of all threads, the best of
 * a few turns, once the engine has compiled what it runs; other programs' work takes from them all the same, so what compares is the
 * ratios within one run: figures of two runs, or of two machines, do not.
 */

import { cpuUsage } from "node:process";
import { Secret } from "../../src/base/mod.ts";
import { Masker, type Views } from "../../src/mask/mod.ts";

const CHUNK_BYTES = 1 << 16;
const TURNS = 3;
const NOISE_BYTES = 1 << 19;
const megabytes = Number(Deno.args[0] ?? 4);

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 65536) crypto.getRandomValues(bytes.subarray(i, i + 65536));
  return bytes;
}

/** Random text of `alphabet`. */
function randomText(length: number, alphabet: string): string {
  const bytes = randomBytes(length);
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

/** A file of this repository, over and over. */
function file(...paths: string[]): string {
  return paths.map((path) => Deno.readTextFileSync(new URL(`../../${path}`, import.meta.url))).join("\n");
}

/** Code as minifiers leave it, but for its names. */
function minified(code: string): string {
  return code.replace(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "").replace(/\s+/g, " ").replace(/ ?([^\w$ ]) ?/g, "$1");
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
const counts = Array.from(new Uint16Array(randomBytes(1 << 12).buffer), (word) => word % 999);
const fractions = Array.from(
  new Uint32Array(randomBytes(1 << 14).buffer),
  (word) => (word / 2 ** 31 - 1).toFixed(6),
);
const fraction = (i: number): string => fractions[i % fractions.length]!;
const blob = randomText(1 << 16, `${ALPHANUMERIC}+/`);
const hex = randomText(1 << 16, HEX);
const readme = file("README.md"), lock = file("deno.lock");
const code = file("src/mask/matcher.ts", "src/mask/stream.ts", "src/mask/views/escapes.ts", "src/keeper/door.ts");
const minifiedCode = minified(code);
const outputs: Record<string, Uint8Array> = {
  "prose": output(() => readme),
  "words": output((i) => `${word(i)} ${word(i + 3)} ${word(i + 5)} ${word(i * 3)} ${word(i + 11)}\n`),
  "code": output(() => code),
  "minified": output(() => minifiedCode),
  "listing": output((i) =>
    `-rw-r--r-- 1 user user ${i * 37} Jan  2 03:04 ./node_modules/${word(i)}/dist/${word(i + 2)}.js\n`
  ),
  "log": output((i) =>
    `2025-01-02T03:04:${i % 60}.123Z INFO [worker-${i % 8}] GET /api/v1/users/${i * 31} 200 ${i % 97}ms ${word(i)}\n`
  ),
  "dates": output((i) =>
    `2025-01-02 03:${10 + i % 50}:${10 + i % 47},${100 + i % 900} - app.${word(i)} - INFO - ${word(i + 1)} took ${
      i % 97
    }.${i % 10} ms rows=${counts[i % counts.length]}\n`
  ),
  "table": output((i) =>
    `user   ${String(i % 99999).padStart(6)}  0.${i % 9}  ${i % 7}.0 ${String((i * 37) % 999999).padStart(6)} ${
      String((i * 13) % 99999).padStart(5)
    } ?        S    Jan02   0:${10 + i % 50} /usr/bin/${word(i)} --${word(i + 1)}\n`
  ),
  "json": output((i) =>
    `{"level":"info","id":${i},"message":"${word(i)} \\"${word(i + 1)}\\"\\n","path":"/a/${word(i)}"}\n`
  ),
  "lockfile": output(() => lock),
  "colours": output((i) => `\x1b[32m✓\x1b[39m ${word(i)} ${word(i + 1)} \x1b[90m(${i % 50} ms)\x1b[0m\n`),
  "base64": output((i) => blob.slice((i * 76) % 60000, (i * 76) % 60000 + 76) + "\n"),
  "hex": output((i) => hex.slice((i * 64) % 60000, (i * 64) % 60000 + 64) + `  ./${word(i)}\n`),
};

/** What nobody prints much of, and what looks most like something: of so little, since it is slow. */
const noise: Record<string, Uint8Array> = Object.fromEntries(
  Object.entries({
    "numbers": output((i) => `${fraction(i)} ${fraction(i + 1)} ${fraction(i + 2)} ${fraction(i + 3)}\n`),
    "rows": output((i) =>
      `${i + 10000},${word(i)}${i % 999},${fraction(i)},${fraction(i + 5)},${fraction(i + 9)},paid\n`
    ),
    "bytes": randomBytes(megabytes << 20),
  }).map(([name, bytes]) => [name, bytes.subarray(0, NOISE_BYTES)]),
);

/** Nanoseconds a byte, by the processor and by the clock. */
interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

function least(a: Cost, b: Cost): Cost {
  return { cpu: Math.min(a.cpu, b.cpu), wall: Math.min(a.wall, b.wall) };
}

function timed(bytes: Uint8Array, run: () => void): Cost {
  const wall = performance.now(), cpu = cpuUsage();
  run();
  const { user, system } = cpuUsage(cpu);
  return { cpu: (1e3 * (user + system)) / bytes.length, wall: (1e6 * (performance.now() - wall)) / bytes.length };
}

function mask(masker: Masker, bytes: Uint8Array): Cost {
  const stream = masker.stream();
  return timed(bytes, () => {
    for (let i = 0; i < bytes.length; i += CHUNK_BYTES) stream.push(bytes.subarray(i, i + CHUNK_BYTES));
    stream.end();
    if (stream.maskedCount > 0) throw new Error("a bench output was masked");
  });
}

const IS_LETTER = Uint8Array.from({ length: 256 }, (_, byte) => byte > 0x40 ? 1 : 0);
const letters = new Uint8Array(1 << 10);

/** Bytes that the loop goes over in one call: few, so that it is compiled as a whole and not while it runs. */
const BLOCK_BYTES = 1 << 10;

/** What everything is compared with: one loop that copies the letters, a byte at a time, through a table; thrice. */
function reference(bytes: Uint8Array): Cost {
  const once = (): Cost => {
    return timed(bytes, () => {
      for (let i = 0; i < bytes.length; i += BLOCK_BYTES) {
        copyLetters(bytes, i, Math.min(bytes.length, i + BLOCK_BYTES));
      }
    });
  };
  return least(once(), least(once(), once()));
}

function copyLetters(bytes: Uint8Array, from: number, to: number): number {
  let size = 0;
  for (let i = from; i < to; i++) {
    letters[size] = bytes[i]!;
    size += IS_LETTER[bytes[i]!]!;
  }
  return size;
}

const kinds: [string, (bytes: Uint8Array) => Cost][] = [["loop", reference]];
for (const views of ["literal", "all"] as Views[]) {
  for (const count of [10, 1000]) {
    const masker = new Masker(secrets(count), { views });
    kinds.push([`${views}, ${count}`, (bytes) => mask(masker, bytes)]);
  }
}
const print = (cells: string[]): void => {
  Deno.stdout.writeSync(new TextEncoder().encode(cells.map((cell) => cell.padStart(14)).join("") + "\n"));
};
const all = { ...outputs, ...noise };
for (const bytes of Object.values(all)) for (const [, run] of kinds) run(bytes.subarray(0, 2 << 20));
print(["MB/CPU s", ...kinds.map(([name]) => name), "cost of 1000", "CPU / loop", "wall / loop"]);
const before = Deno.memoryUsage().rss;
for (const [name, bytes] of Object.entries(all)) {
  const costs = kinds.map(([, run]) => run(bytes));
  // In turn, so that what else runs falls on all of them.
  for (let turn = 1; turn < TURNS; turn++) kinds.forEach(([, run], i) => costs[i] = least(costs[i]!, run(bytes)));
  const [loop, , , ten, thousand] = costs as [Cost, Cost, Cost, Cost, Cost];
  print([
    name,
    ...costs.map(({ cpu }) => (1000 / cpu).toFixed(0)),
    `${(thousand.cpu / ten.cpu).toFixed(2)}x`,
    `${(ten.cpu / loop.cpu).toFixed(0)}x`,
    `${(ten.wall / loop.wall).toFixed(0)}x`,
  ]);
}
print([`memory grew by ${Math.max(0, Math.round((Deno.memoryUsage().rss - before) / 2 ** 20))} MiB`]);
