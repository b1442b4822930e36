/** The further wraps of the root key, against the second implementation that is written from FORMAT.md alone. */
import assert from "node:assert/strict";
import { be, context, hkdf, hmac, open } from "../../scripts/vectors/reference.ts";
import { rootWrap, WRAPS } from "../../scripts/vectors/sheet.ts";
import { Secret } from "../../src/base/mod.ts";
import { openRootWrap, ROOT_SECRET_BYTES, ROOT_WRAP_KINDS, rootWrapKey, sealRootWrap } from "../../src/vault/mod.ts";

const rootKey = new Uint8Array(32).map((_, i) => i);
const vaultId = new Uint8Array(16).fill(2);
const AT = { vaultId, createdAt: 1_800_000_000_000 };
const bytesFor = (kind: "sheet" | "remembered", fill = 5) => new Uint8Array(ROOT_SECRET_BYTES[kind]).fill(fill);
const secretFor = (kind: "sheet" | "remembered", fill = 5) => new Secret("secret", bytesFor(kind, fill));

for (const kind of ROOT_WRAP_KINDS) {
  const { recipient, size } = WRAPS[kind];
  const written = () =>
    rootWrap(
      kind,
      { vaultId, created: AT.createdAt, secret: bytesFor(kind), nonce: new Uint8Array(12).fill(6) },
      rootKey,
    );

  Deno.test(`sealRootWrap() of a ${kind} writes what the format says`, async () => {
    const body = await sealRootWrap(kind, AT, secretFor(kind), rootKey);
    const where = [vaultId, be(AT.createdAt, 8), be(recipient, 1), new Uint8Array(16)];
    const kek = hkdf(bytesFor(kind), vaultId, context("kek/root-key", ...where));
    const check = hmac(hkdf(kek, vaultId, context("kek/check")), context("kek/check", ...where));
    assert.deepEqual(body.slice(0, 32), check);
    const key = hkdf(kek, vaultId, context("kek/wrap"));
    assert.deepEqual(open(key, context("wrap/root-key", ...where), body.slice(32)), rootKey);
    assert.deepEqual([body.length, size, rootWrapKey(kind).id[0]], [92, ROOT_SECRET_BYTES[kind], recipient]);
    const again = await sealRootWrap(kind, AT, secretFor(kind), rootKey);
    assert.notDeepEqual(again.slice(32, 44), body.slice(32, 44));
  });

  Deno.test(`openRootWrap() of a ${kind} opens what another implementation wrote, and refuses every changed byte`, async () => {
    const body = written();
    assert.deepEqual(await openRootWrap(kind, AT, secretFor(kind), body), rootKey);
    for (let i = 0; i < body.length; i++) {
      const opened = openRootWrap(kind, AT, secretFor(kind), body.with(i, body[i]! ^ 1));
      if (i < 32) assert.equal(await opened, null, `byte ${i}`);
      else await assert.rejects(opened, { code: "vault/tampered" }, `byte ${i}`);
    }
    for (const other of [body.slice(0, -1), new Uint8Array([...body, 0]), new Uint8Array(0)]) {
      await assert.rejects(openRootWrap(kind, AT, secretFor(kind), other), { code: "vault/damaged" });
    }
  });

  Deno.test(`openRootWrap() of a ${kind} is null for another secret, size, vault, time or kind`, async () => {
    const body = written();
    const other = kind === "sheet" ? "remembered" : "sheet";
    assert.equal(await openRootWrap(kind, AT, secretFor(kind, 6), body), null);
    assert.equal(await openRootWrap(kind, AT, new Secret("secret", new Uint8Array(0)), body), null);
    assert.equal(await openRootWrap(kind, AT, secretFor(other), body), null);
    assert.equal(await openRootWrap(kind, { ...AT, vaultId: new Uint8Array(16) }, secretFor(kind), body), null);
    assert.equal(await openRootWrap(kind, { ...AT, createdAt: AT.createdAt + 1 }, secretFor(kind), body), null);
    assert.equal(await openRootWrap(other, AT, secretFor(other), body), null);
  });
}

Deno.test("sealRootWrap() refuses a secret of another size", async () => {
  for (const size of [0, 19, 21, 32]) {
    await assert.rejects(sealRootWrap("sheet", AT, new Secret("secret", new Uint8Array(size)), rootKey), RangeError);
  }
});
