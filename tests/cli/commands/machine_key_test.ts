import assert from "node:assert/strict";
import type { MachineKeyView } from "../../../src/keeper/protocol.ts";
import { DAY, failing, NOW, ov } from "../fake.ts";

const KEY: MachineKeyView = {
  id: "00",
  name: "ci",
  mode: "ask",
  commands: [["npm", "test"], ["node", "x.js", "<target>"]],
  allowExport: false,
  createdAt: NOW - DAY,
  expiresAt: NOW + 10 * DAY,
};
const MADE = { app: "shop", env: "ci", key: KEY, output: "/w/ci.key" };

Deno.test("ov machine-key create passes on what was typed, and says where the key is", async () => {
  const line = ["--output", "ci.key", "--expires", "90d", "--commands", "npm test", "--commands", "node x.js <target>"];
  const ran = await ov(["machine-key", "create", "ci", ...line], { "machine-key.create": MADE });
  assert.deepEqual(ran.params("machine-key.create"), {
    name: "ci",
    expiresAt: NOW + 90 * DAY,
    commands: ["npm test", "node x.js <target>"],
    allowExport: false,
    rotate: false,
    output: "ci.key",
  });
  assert.deepEqual([ran.status, ran.out, ran.err], [0, "Wrote the machine key ci of shop/ci to /w/ci.key.\n", ""]);
});

Deno.test("ov machine-key create --print leaves stdout to the key", async () => {
  const answer = { "machine-key.create": { ...MADE, key: { ...KEY, allowExport: true }, output: null } };
  const ran = await ov(["machine-key", "create", "ci", "--print", "--rotate", "--allow-export"], answer);
  assert.deepEqual([ran.status, ran.out, ran.err], [0, "", ""]);
  const json = await ov(["--json", "machine-key", "create", "ci", "--print", "--allow-export"], answer);
  assert.deepEqual([json.out, JSON.parse(json.err).key.name], ["", "ci"]);
});

Deno.test("ov machine-key create wants one place for the key, and says when it can run nothing", async () => {
  for (const line of [[], ["--print", "--output", "x"]]) {
    const ran = await ov(["machine-key", "create", "ci", ...line]);
    assert.deepEqual([ran.status, ran.out, ran.params("machine-key.create")], [2, "", undefined]);
    assert.match(ran.err, /--output FILE.*--print/s);
  }
  const ran = await ov(["machine-key", "create", "ci", "--output", "x"], { "machine-key.create": MADE });
  assert.match(ran.err, /can run nothing yet: add --commands/);
});

Deno.test("ov machine-key list shows what each key may do, and revoke says what it does not undo", async () => {
  const open = { ...KEY, name: "web", mode: "open" as const, expiresAt: null, allowExport: true };
  const none = { ...KEY, name: "idle", commands: [] };
  const list = await ov(["machine-key", "list"], {
    "machine-key.list": { app: "shop", env: "ci", keys: [KEY, open, none] },
  });
  assert.match(
    list.out,
    /^Name +ci\nMay run +npm test\n +node x\.js '<target>'\nMay export +no\nMade +1 day ago\nEnds +in 10 days\n/,
  );
  assert.match(list.out, /Name +web\nMay run +any command\nMay export +yes\n.*\nEnds +never\n/);
  assert.match(list.out, /Name +idle\nMay run +nothing\n/);
  const empty = await ov(["machine-key", "list"], { "machine-key.list": { app: "shop", env: "ci", keys: [] } });
  assert.deepEqual([empty.out, empty.err], ["", "No machine keys in shop/ci.\n"]);
  const revoked = await ov(["machine-key", "revoke", "ci"], {
    "machine-key.revoke": { app: "shop", env: "ci", id: "00" },
  });
  assert.match(revoked.out, /^Revoked ci; /);
  assert.match(revoked.err, /bundle that was written before still opens/);
  const answers = {
    "machine-key.revoke": failing("machine-key/not-found", "Cannot revoke the machine key: no such one"),
  };
  assert.equal((await ov(["machine-key", "revoke", "x"], answers)).status, 5);
});
