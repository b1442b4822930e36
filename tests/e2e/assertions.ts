/** What every refusal of `ov` has in common. */
import assert from "node:assert/strict";
import { ERROR_CODES, type ErrorCode } from "../../src/base/mod.ts";
import type { Ended } from "./ov.ts";

/** One line `ov: Action: state` and at most one hint on stderr, nothing on stdout, the status of `status`. */
export function refused(ended: Ended, status: number, message: RegExp): void {
  assert.match(ended.stderr, /^(warning: [^\n]+\n)*ov: [^\n]+: [^\n]+\n(hint: [^\n]+\n)?$/);
  assert.match(ended.stderr, message);
  assert.deepEqual([ended.code, ended.stdout], [status, ""], ended.stderr);
}

/** The document of an error with `--json`: this code, its status, nothing on stdout. */
export function refusedJson(ended: Ended, code: ErrorCode): void {
  const { error } = JSON.parse(ended.stderr);
  assert.deepEqual([error.code, ended.code, ended.stdout], [code, ERROR_CODES[code], ""], ended.stderr);
  assert.deepEqual(Object.keys(error), ["code", "message", "hint"]);
  assert.match(error.message, /^[^\n]+: [^\n]+$/);
}

/** A value that looks like a secret, made anew each time, so that no scanner trips over the file. */
export function fakeValue(prefix = "sk_" + "test_"): string {
  return prefix + crypto.getRandomValues(new Uint8Array(18)).toHex();
}
