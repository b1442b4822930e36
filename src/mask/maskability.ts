/** Which values can be masked at all: a value that ordinary text is full of would garble every output. */

import { decodeUtf8 } from "../base/mod.ts";

/** Whether a value can be masked, and if not, why, in words for the user. */
export type Maskability = { maskable: true } | { maskable: false; reason: string };

/** Shorter values (bytes) occur by chance in any output. */
export const MIN_MASKABLE_BYTES = 6;

/** Words that settings and logs are full of; compared without case. */
const COMMON_WORDS: ReadonlySet<string> = new Set(
  `access account active address admin administrator allowed always amazon android anonymous api-key apikey
  application application/json asia-east1 authorization backend basic bearer boolean branch browser build bundle
  changeme changeit client cloudflare cluster config console content content-type control custom customer database
  debug default delete demo deny denied desktop dev develop developer development development.local directory disable
  disabled docker document domain download dynamic eastus elastic enable enabled encrypted endpoint engine english error
  eu-central-1 eu-west-1 europe-west1 example example.com failed failure false feature filesystem firebase folder
  format frontend function gateway github gitlab global google guest handler header hidden hostname http http/1.1 https
  identity import inactive include index info inherit integration internal internet invalid javascript json kubernetes
  language latest letmein library linux listen live local localdomain localhost location logger login logout machine
  main manager manual master maximum medium memory message metadata method middleware minimum minute mobile mode
  module mongodb monitor mysql native network nginx nobody nodejs none normal notice null number object offline online
  option options oracle output package page param params passport password password1 passw0rd path pending plain
  platform plugin port postgres postgresql preview primary private process prod produce product production profile
  project protected provider proxy public python qwerty qwerty123 qwertyuiop random readonly ready record redis redirect
  region release remote replica report request require required resource response restart result return root runtime
  sandbox schema script search second secret secret_key secrets secure security select sendgrid sentry server service
  session setting settings shared silent simple single socket source sqlite sqlite3 staging standard start started
  static status storage strict string stripe success super support switch symbol system table target template
  temporary test tester testing thread timeout title token trace traffic true twilio type typescript ubuntu undefined
  unknown update upload us-east-1 us-east-2 us-west-1 us-west-2 user username utf-8 utility v1.0.0 value variable
  verbose version virtual visible vitest warn warning webhook website welcome widget window windows worker workers
  workspace world writable www-data yes 000000 111111 123123 123456 1234567 12345678 123456789 1234567890 654321 abc123
  abcdef iloveyou admin123 dummy foobar foobarbaz placeholder your-api-key your_api_key your-secret-key xxxxxx
  xxxxxxxx ******** http://localhost https://localhost http://localhost:3000 http://localhost:8080
  http://localhost:8787 http://localhost:5173 http://127.0.0.1:8787 localhost:3000 localhost:5432 localhost:6379
  127.0.0.1 0.0.0.0 255.255.255.0 2024-01-01 2025-01-01 america/new_york europe/london utc+00:00`.split(/\s+/),
);

/**
 * Whether output can be masked for `value` without garbling it: not under {@link MIN_MASKABLE_BYTES}, not blank, not one
 * byte repeated, not a common word. `reason` fits after "cannot be masked: ".
 */
export function maskability(value: Uint8Array): Maskability {
  if (value.byteLength === 0) return { maskable: false, reason: "it is empty" };
  const text = decodeUtf8(value);
  if (text !== null && text.trim() === "") return { maskable: false, reason: "it is blank" };
  if (value.every((byte) => byte <= 0x20)) return { maskable: false, reason: "it is blank" };
  // Counted without white space around it: padding does not make "ab" rare.
  const core = text === null ? value.byteLength : new TextEncoder().encode(text.trim()).byteLength;
  if (core < MIN_MASKABLE_BYTES) {
    return { maskable: false, reason: `it is shorter than ${MIN_MASKABLE_BYTES} bytes` };
  }
  if (value.every((byte) => byte === value[0])) return { maskable: false, reason: "it is one character repeated" };
  if (text !== null && COMMON_WORDS.has(text.trim().toLowerCase())) {
    return { maskable: false, reason: "it is a common word" };
  }
  return { maskable: true };
}
