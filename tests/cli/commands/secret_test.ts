import assert from "node:assert/strict";
import { DAY, MINUTE, NOW, ov } from "../fake.ts";

const SECRET = {
  name: "STRIPE_SECRET_KEY",
  version: 2,
  createdAt: NOW - 3 * DAY,
  updatedAt: NOW - 5 * MINUTE,
  deletedAt: null,
  sizeBytes: 32,
  canary: false,
  maskable: true,
};
const LIST = {
  context: { app: "shop", env: "development" },
  secrets: [SECRET, { ...SECRET, name: "PIN", sizeBytes: 4, canary: true, maskable: false }],
};

Deno.test("ov secret list shows names and dates", async () => {
  const ran = await ov(["secret", "list"], { "secret.list": LIST });
  assert.deepEqual(ran.params("secret.list"), { deleted: false });
  assert.equal(
    ran.out,
    `NAME               VERSION  SIZE      CHANGED
STRIPE_SECRET_KEY  2        32 bytes  5 minutes ago
PIN                2        4 bytes   5 minutes ago  canary, cannot be masked
`,
  );
});

Deno.test("ov secret list says so on stderr when there is nothing", async () => {
  const ran = await ov(["secret", "list", "--deleted"], { "secret.list": { ...LIST, secrets: [] } });
  assert.deepEqual(ran.params("secret.list"), { deleted: true });
  assert.deepEqual([ran.out, ran.err], ["", "No removed secrets in shop/development.\n"]);
});

Deno.test("ov secret list --json has a stable shape", async () => {
  assert.deepEqual((await ov(["secret", "list", "--json"], { "secret.list": { ...LIST, secrets: [SECRET] } })).json(), {
    app: "shop",
    env: "development",
    secrets: [{
      name: "STRIPE_SECRET_KEY",
      version: 2,
      created_at: "2026-02-26T12:00:00.000Z",
      updated_at: "2026-03-01T11:55:00.000Z",
      deleted_at: null,
      size_bytes: 32,
      canary: false,
      maskable: true,
    }],
  });
});

Deno.test("ov secret get leaves stdout to the keeper, which writes the value there itself", async () => {
  const answer = { "secret.get": { sizeBytes: 32 } };
  const piped = await ov(["secret", "get", "A"], answer);
  assert.deepEqual(piped.params("secret.get"), { name: "A", newline: false });
  assert.deepEqual([piped.out, piped.err], ["", ""]);
  const shown = await ov(["secret", "get", "A", "--version", "3"], answer, { terminal: true });
  assert.deepEqual(shown.params("secret.get"), { name: "A", version: 3, newline: true });
  const bare = await ov(["secret", "get", "A", "--no-newline"], answer, { terminal: true });
  assert.deepEqual(bare.params("secret.get"), { name: "A", newline: false });
  const json = await ov(["secret", "get", "A", "--json"], answer);
  assert.equal(json.out, "");
  assert.deepEqual(JSON.parse(json.err), { name: "A", app: "shop", env: "development", size_bytes: 32 });
});

Deno.test("ov secret get refuses a version that is none", async () => {
  for (const version of ["0", "x", "-1", "1.5"]) {
    const ran = await ov(["secret", "get", "A", "--version", version]);
    assert.deepEqual([ran.status, ran.params("secret.get")], [2, undefined], version);
  }
});

Deno.test("ov secret rm asks, and says until when it can be restored", async () => {
  const answer = { "secret.rm": { recoverableUntil: NOW + 30 * DAY } };
  const ran = await ov(["secret", "rm", "A"], answer, { terminal: true, replies: [true] });
  assert.equal(ran.io.questions[0]!.question, "Remove A from shop/development?");
  assert.equal(ran.out, "Removed A from shop/development; it is gone for good in 30 days.\n");
  assert.match(ran.err, /ov secret restore A/);
  assert.equal((await ov(["secret", "rm", "A"], answer)).status, 2);
  assert.deepEqual((await ov(["secret", "rm", "A", "--yes", "--json"], answer)).json(), {
    name: "A",
    app: "shop",
    env: "development",
    recoverable_until: "2026-03-31T12:00:00.000Z",
  });
});

Deno.test("ov secret history lists versions, newest first", async () => {
  const versions = [
    { version: 1, createdAt: NOW - 3 * DAY, sizeBytes: 8, deleted: false },
    { version: 2, createdAt: NOW - DAY, sizeBytes: 9, deleted: true },
  ];
  const ran = await ov(["secret", "history", "A"], { "secret.history": { versions } });
  assert.equal(ran.out, "VERSION  SIZE     SET\n2        9 bytes  1 day ago   removed\n1        8 bytes  3 days ago\n");
  const json = await ov(["secret", "history", "A", "--json"], { "secret.history": { versions: [versions[0]!] } });
  assert.deepEqual(json.json(), {
    name: "A",
    app: "shop",
    env: "development",
    versions: [{ version: 1, created_at: "2026-02-26T12:00:00.000Z", size_bytes: 8, deleted: false }],
  });
});

Deno.test("ov secret restore brings back a version", async () => {
  const answer = { "secret.restore": { version: 4 } };
  const ran = await ov(["secret", "restore", "A", "--version", "2"], answer);
  assert.deepEqual(ran.params("secret.restore"), { name: "A", version: 2 });
  assert.equal(ran.out, "Restored A (now version 4).\n");
  assert.deepEqual((await ov(["secret", "restore", "A", "--json"], answer)).json(), {
    name: "A",
    app: "shop",
    env: "development",
    version: 4,
  });
});

Deno.test("ov secret generate passes length and charset on", async () => {
  const answer = { "secret.generate": { version: 1, created: true } };
  const plain = await ov(["secret", "generate", "A"], answer);
  assert.deepEqual(plain.params("secret.generate"), {
    name: "A",
    generate: { length: 32, charset: "alphanumeric" },
  });
  const ran = await ov(["secret", "generate", "A", "--length", "64", "--charset", "hex"], answer);
  assert.deepEqual(ran.params("secret.generate"), { name: "A", generate: { length: 64, charset: "hex" } });
  assert.equal(ran.out, "Generated A in shop/development (version 1, 64 characters of hex).\n");
  for (const flags of [["--length", "7"], ["--length", "1025"], ["--charset", "emoji"]]) {
    const refused = await ov(["secret", "generate", "A", ...flags], answer);
    assert.deepEqual([refused.status, refused.params("secret.generate")], [2, undefined]);
  }
});
