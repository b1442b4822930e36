import assert from "node:assert/strict";
import type { StatusReport } from "../../../src/keeper/protocol.ts";
import { CONTEXT, ov } from "../fake.ts";

const REPORT: StatusReport = {
  version: "1.2.3",
  vaultFolder: "/home/dev/.local/share/ov",
  vaultExists: true,
  formatVersion: 1,
  sizeBytes: 49_152,
  context: CONTEXT,
  bound: null,
  programs: "any",
  syncHost: null,
};

const NO_AGENT = { agent: null };

Deno.test("ov status shows the vault, and app and env with what decided them", async () => {
  const ran = await ov(["status"], { status: REPORT, "agent.status": NO_AGENT });
  assert.equal(
    ran.out,
    `Version       1.2.3
Vault         /home/dev/.local/share/ov (format 1, 48 KiB)
Agent         none
App           shop (from the project file)
Env           development (built-in default)
Project file  /home/dev/shop/.ov.yaml
Offers        STRIPE_SECRET_KEY
May start     any program
Sync          off
`,
  );
  assert.equal(ran.err, "");
});

Deno.test("ov status says what to do when there is no vault", async () => {
  const report = { ...REPORT, vaultExists: false, formatVersion: null, sizeBytes: null, programs: ["node", "npx"] };
  const ran = await ov(["status"], { status: { ...report, bound: false }, "agent.status": NO_AGENT });
  assert.equal(ran.status, 0);
  assert.match(ran.out, /Vault +\S+ \(none yet\)/);
  assert.match(ran.out, /not bound to this directory yet/);
  assert.match(ran.out, /May start +node, npx\n/);
  assert.match(ran.err, /ov init/);
});

Deno.test("ov status --json has a stable shape", async () => {
  assert.deepEqual((await ov(["status", "--json"], { status: REPORT, "agent.status": NO_AGENT })).json(), {
    version: "1.2.3",
    vault_folder: "/home/dev/.local/share/ov",
    vault_exists: true,
    format_version: 1,
    size_bytes: 49152,
    context: {
      app: "shop",
      env: "development",
      app_from: "project file",
      env_from: "default",
      project_file: "/home/dev/shop/.ov.yaml",
      secrets: ["STRIPE_SECRET_KEY"],
    },
    bound: null,
    programs: "any",
    sync_host: null,
    agent: null,
  });
});

Deno.test("ov status escapes names that a project file chose", async () => {
  const context = { ...CONTEXT, projectFile: "/tmp/\x1b[2Jx/.ov.yaml", secrets: ["A\n\x1b[31m"] };
  const ran = await ov(["status"], { status: { ...REPORT, context }, "agent.status": NO_AGENT });
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(ran.out, /\x1b/);
  assert.match(ran.out, /\/tmp\/\\x1b\[2Jx/);
});
