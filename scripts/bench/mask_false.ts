/**
 * Counts false masks: replacements in real output in which no secret occurs. What stands in files is taken for output: sources,
 * minified JavaScript, lockfiles, maps, documentation, listings, compiled programs.
 *
 * Usage: `deno run --allow-read scripts/bench/mask_false.ts MEGABYTES FOLDER...`. Prints each false mask with where it stands, and
 * ends with 1 if there is one.
 */

import { Secret } from "../../src/base/mod.ts";
import { Masker } from "../../src/mask/mod.ts";

const ALPHANUMERIC = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function random(length: number, alphabet: string): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(length)), (byte) => alphabet[byte % alphabet.length]).join(
    "",
  );
}

/** Values of every shape that people keep; made anew for each run, so that none can be in a file. */
const HEX = "0123456789abcdef";
const SHAPES: Record<string, string> = {
  SIX: random(6, ALPHANUMERIC),
  EIGHT: random(8, ALPHANUMERIC),
  TOKEN: random(40, ALPHANUMERIC),
  PREFIXED: `${"sk"}_live_${random(24, ALPHANUMERIC)}`,
  HEX16: random(16, HEX),
  HEX64: random(64, HEX),
  DIGITS: random(12, "0123456789"),
  UUID: crypto.randomUUID(),
  BASE64: crypto.getRandomValues(new Uint8Array(32)).toBase64(),
  DATABASE_URL: `postgresql://app:${random(16, ALPHANUMERIC)}@db.${
    random(8, ALPHANUMERIC)
  }.example.com:5432/app?sslmode=require`,
  WEBHOOK: `https://hooks.slack.com/services/T${random(8, HEX)}/B${random(8, HEX)}/${random(24, ALPHANUMERIC)}`,
  PEM: `-----BEGIN PRIVATE KEY-----\n${random(64, ALPHANUMERIC)}\n${
    random(64, ALPHANUMERIC)
  }\n-----END PRIVATE KEY-----\n`,
  JSON: JSON.stringify({ type: "service_account", project_id: random(9, HEX), private_key_id: random(40, HEX) }),
  PHRASE: `${random(5, ALPHANUMERIC)}-horse-battery-${random(5, ALPHANUMERIC)}`,
};

const [megabytes = "50", ...folders] = Deno.args;
const limit = Number(megabytes) * 2 ** 20;
const masker = new Masker(Object.entries(SHAPES).map(([name, value]) => Secret.fromText(name, value)));
let total = 0, files = 0, falseMasks = 0;

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function read(path: string): void {
  if (total >= limit) return;
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
    if (info.isDirectory) {
      const names = Array.from(Deno.readDirSync(path), ({ name }) => name).sort();
      // A listing is output too.
      check(
        `${path}/`,
        new TextEncoder().encode(
          names.map((name, i) => `-rw-r--r-- 1 user user ${i * 977} ${path}/${name}`).join("\n"),
        ),
      );
      for (const name of names) read(`${path}/${name}`);
    } else if (info.isFile && info.size > 0 && info.size < 4 << 20) {
      check(path, Deno.readFileSync(path));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotFound)) throw error;
  }
}

function check(path: string, bytes: Uint8Array): void {
  files++;
  total += bytes.length;
  const { bytes: output, maskedCount } = masker.mask(bytes);
  if (maskedCount === 0) return;
  falseMasks += maskedCount;
  const text = new TextDecoder().decode(output);
  const at = text.search(/\[ov:[A-Z0-9_+]+\]/);
  print(`${path}: ${maskedCount}: ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 60))}`);
}

for (const folder of folders) read(folder);
print(`${falseMasks} false masks in ${files} files, ${(total / 2 ** 20).toFixed(1)} MiB`);
if (falseMasks > 0 || total === 0) Deno.exit(1);
