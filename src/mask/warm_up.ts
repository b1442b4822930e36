/**
 * Short texts of every kind, for the readers to have seen before the first long one.
 *
 * An engine that makes a loop fast while it runs for the first time knows nothing of what comes after the loop, gives up there, and
 * V8 then does so at every later call: three times the time for all that is masked. After one short text it knows.
 */

import { encodeUtf8 } from "../base/mod.ts";

const LINES = [
  "the quick brown fox jumps over the lazy dog, 12 times a day: see https://example.test/a%20b?c=%41&d=e%3D",
  '2025-01-02T03:04:05.678Z INFO [worker-3] GET /api/v1/users/31 200 17ms {"a":"b \\"c\\"\\n","d":"\\u0065"}',
  "-rw-r--r-- 1 user user 4096 Jan  2 03:04 ./node_modules/some/dist/index.js 0x41 0x42 0x43 65 66 67 68 69 70",
  'function f(e,t){return e.a&&t[1]!==void 0?n(e,t.b):{a:e,b:t}};"""\'\'&amp;&#65;=\r\n=41=42',
  "VGhpcyBpcyBub3RoaW5nIGJ1dCBhIHNlbnRlbmNlIGluIGJhc2U2NCwgYXMgbG9uZyBhcyBhIGxpbmUu",
  "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08  ./file",
  "00000000: 5468 6973 2069 7320 6e6f 7468 696e 6720  This is nothing",
  "00000010: 6275 7420 6120 6475 6d70 206f 6620 6974  but a dump of it",
  "KRUGS4ZANFZSA3TPORUGS3THEBRHK5BAMEQHGZLOORSW4Y3F 084104105115032105115032110111 caf\u00e9 \u2713",
  "#86)C\n#9&5F\na,b,c,d,e,f,g,h,i,j,k,l\n<c>a</c><c>b</c><c>d</c><c>e</c><c>f</c><c>g</c>",
];

/** Texts of a few lines. */
export const WARM_UP: readonly Uint8Array[] = [
  encodeUtf8(LINES.join("\n")),
  encodeUtf8(LINES.map((line) => `\x1b[32m${line}\x1b[0m`).join("\n")),
];
