import assert from "node:assert/strict";
import { isSecretName, isSlug, MAX_VALUE_BYTES } from "../../src/base/names.ts";

Deno.test("isSlug() takes what DESIGN §1 allows and nothing else", () => {
  for (const good of ["a", "0", "my-saas", "a--b", "a".repeat(63)]) assert.equal(isSlug(good), true, good);
  for (const bad of ["", "-a", "a-", "A", "a_b", "a.b", "é", "a b", "a\n", "\na", "a".repeat(64)]) {
    assert.equal(isSlug(bad), false, JSON.stringify(bad));
  }
});

Deno.test("isSecretName() takes what can be an environment variable and nothing else", () => {
  for (const good of ["A", "_", "a1_B", "A".repeat(255)]) assert.equal(isSecretName(good), true, good);
  for (const bad of ["", "1A", "A-B", "A.B", "A B", "A=B", "A\n", "A\0", "É", "A".repeat(256)]) {
    assert.equal(isSecretName(bad), false, JSON.stringify(bad));
  }
});

Deno.test("MAX_VALUE_BYTES is 64 KiB", () => assert.equal(MAX_VALUE_BYTES, 65_536));
