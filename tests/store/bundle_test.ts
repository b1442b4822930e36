/** The bundle: one spelling, and one fault each. */
import assert from "node:assert/strict";
import { encodeBundle, parseBundle } from "../../src/store/mod.ts";
import { KIND, type VaultRecord } from "../../src/vault/mod.ts";

const envId = new Uint8Array(16).fill(7);
const vaultId = new Uint8Array(16).fill(9);

function record(kind: number, id: Uint8Array, size: number): VaultRecord {
  return { kind, scope: envId, id, body: new Uint8Array(size).map((_, i) => i * 31 + kind) };
}

const WRAP = record(KIND.wrap, Uint8Array.of(2, ...new Uint8Array(16).fill(3)), 400);
const STATE = record(KIND.envState, new Uint8Array(0), 36);
const HEAD = record(KIND.head, new Uint8Array(32).fill(4), 288);
const OTHER = record(KIND.head, new Uint8Array(32).fill(5), 288);
const VERSION = record(KIND.version, new Uint8Array(36).fill(4), 344);
const ALL = [WRAP, STATE, HEAD, OTHER, VERSION];

function text(records: readonly VaultRecord[] = ALL): string {
  return new TextDecoder().decode(encodeBundle({ vaultId, envId, records }));
}

function parse(changed: string) {
  return parseBundle(new TextEncoder().encode(changed));
}

Deno.test("encodeBundle() writes the same text whatever the order of the records, and parseBundle() gives them back", () => {
  assert.equal(text([VERSION, OTHER, HEAD, STATE, WRAP]), text());
  const bundle = parse(text());
  assert.deepEqual(bundle, { vaultId, envId, records: ALL });
  assert.equal(new TextDecoder().decode(encodeBundle(bundle)), text());
  assert.match(text(), /^[\x20-\x7e\n]+$/);
});

Deno.test("encodeBundle() refuses records that are no bundle", () => {
  const cases: VaultRecord[][] = [
    [],
    [WRAP, HEAD],
    [STATE, STATE],
    [STATE, { ...HEAD, scope: vaultId }],
    [STATE, record(KIND.manifest, new Uint8Array(0), 8)],
    [STATE, record(KIND.document, new Uint8Array(32), 8)],
    [STATE, record(KIND.wrap, Uint8Array.of(1, ...new Uint8Array(16)), 92)],
  ];
  for (const records of cases) assert.throws(() => text(records), TypeError);
});

const line = (i: number) => text().split("\n")[1 + i]!;
const FAULTS: Readonly<Record<string, (whole: string) => string>> = {
  "empty": () => "",
  "no JSON": () => "ov-bundle",
  "null": () => "null",
  "a list": () => "[]",
  "another format": (whole) => whole.replace("ov-bundle", "ov-bundles"),
  "version 0": (whole) => whole.replace('"version":1', '"version":0'),
  "version as text": (whole) => whole.replace('"version":1', '"version":"1"'),
  "a short vault id": (whole) => whole.replace('"vault":"09', '"vault":"'),
  "an env id in capitals": (whole) => whole.replace('"env":"07', '"env":"AB'),
  "no records": (whole) => whole.slice(0, whole.indexOf(',"records"')) + "}\n",
  "a stray field": (whole) => whole.replace('"version":1', '"version":1,"more":0'),
  "fields in another order": (whole) =>
    whole.replace('"format":"ov-bundle","version":1', '"version":1,"format":"ov-bundle"'),
  "a field twice": (whole) => whole.replace('"version":1', '"version":1,"version":1'),
  "a blank": (whole) => whole.replace('"version":1', '"version": 1'),
  "a number in another spelling": (whole) => whole.replace("[5,", "[5.0,"),
  "CRLF": (whole) => whole.replaceAll("\n", "\r\n"),
  "a byte order mark": (whole) => `\ufeff${whole}`,
  "no line break at the end": (whole) => whole.slice(0, -1),
  "a line break more": (whole) => `${whole}\n`,
  "something behind it": (whole) => `${whole}x`,
  "cut": (whole) => whole.slice(0, whole.length / 2),
  "a record twice": (whole) => whole.replace(line(2), `${line(2)}\n${line(2)}`),
  "records in another order": (whole) => whole.replace(`${line(2)}\n${line(3)}`, `${line(3)}\n${line(2)}`),
  "no env state": (whole) => whole.replace(`${line(1)}\n`, ""),
  "a kind that no bundle holds": (whole) => whole.replace("[6,", "[8,"),
  "a row of two": (whole) => whole.replace(/\["?5,"([^"]+)","[^"]+"\]/, '[5,"$1"]'),
  "padding in base64": (whole) => whole.replace(/"([^"]+)"\]\n\]/, '"$1=="]\n]'),
  "base64 of another alphabet": (whole) => whole.replace(/\[5,"..../, '[5,"++//'),
  "an env state of another size": (whole) => whole.replace(/\[4,"","..../, '[4,"","'),
  "a head's id of another size": (whole) => whole.replace(/\[5,"..../, '[5,"'),
  "a wrap of another recipient kind": (whole) => whole.replace('[2,"Ag', '[2,"AQ'),
};
for (const [what, change] of Object.entries(FAULTS)) {
  Deno.test(`parseBundle() refuses ${what}`, () => {
    const changed = change(text());
    assert.notEqual(changed, text());
    assert.throws(() => parse(changed), { code: "vault/damaged" });
  });
}

Deno.test("parseBundle() says that a newer one needs a newer ov", () => {
  assert.throws(() => parse(text().replace('"version":1', '"version":2')), { code: "vault/newer" });
});

Deno.test("parseBundle() refuses text that is not UTF-8", () => {
  assert.throws(() => parseBundle(Uint8Array.of(0xff, ...new TextEncoder().encode(text()))), { code: "vault/damaged" });
});

Deno.test("parseBundle() accepts only what it would write itself, when any one character is another", () => {
  const whole = text([STATE, WRAP]);
  for (let i = 0; i < whole.length; i++) {
    for (const other of ["A", "0", '"', "\n"]) {
      if (whole[i] === other) continue;
      const changed = whole.slice(0, i) + other + whole.slice(i + 1);
      let bundle;
      try {
        bundle = parse(changed);
      } catch (error) {
        assert.ok(["vault/damaged", "vault/newer"].includes((error as { code: string }).code), changed);
        continue;
      }
      assert.equal(new TextDecoder().decode(encodeBundle(bundle)), changed);
    }
  }
});
