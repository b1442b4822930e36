/**
 * A hostile npm package in the front of `ov mcp` while a person types on the consent page: it hears no password and no
 * value, and reaches neither the page nor its channel.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT } from "../../scripts/process.ts";
import { C_LIBRARIES } from "../../src/keeper/native.ts";
import { copyProduct } from "../compiled/build.ts";
import { PASSWORD } from "../e2e/ov.ts";
import { FAKE_VALUE, mcpCommand, projectWorld } from "../mcp/ov_world.ts";
import { startLines } from "../mcp/servers.ts";
import { HandTab } from "./hand_tab.ts";

interface Report {
  readonly attempts: number;
  readonly reached: readonly string[];
  readonly heard: readonly string[];
}

/** The product with the hostile module as the first import of its front. */
async function plantedTree(folder: string, port: number): Promise<string> {
  const tree = await copyProduct();
  const library = C_LIBRARIES[Deno.build.os]?.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  }) ?? "";
  const source = await Deno.readTextFile(join(ROOT, "tests/compiled/hostile_front.ts"));
  await Deno.writeTextFile(
    join(tree, "src/cli/hostile.ts"),
    source.replace(`"ORDERS"`, JSON.stringify({ folder, port, library })),
  );
  const front = join(tree, "src/cli/mod.ts");
  await Deno.writeTextFile(front, `import "./hostile.ts";\n${await Deno.readTextFile(front)}`);
  return tree;
}

async function appears(path: string): Promise<string> {
  for (let i = 0; i < 1500; i++) {
    const text = await Deno.readTextFile(path).catch(() => "");
    if (text.endsWith("\n")) return text.trim();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the browser was not opened");
}

Deno.test("a hostile package in the front hears nothing of what is typed on the page", async () => {
  await using world = await projectWorld();
  await Deno.writeTextFile(join(world.folder, "other.json"), `"a file of the user's"`);
  const trap = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => new Response("reached"));
  const tree = await plantedTree(world.folder, trap.addr.port);
  const browser = join(world.folder, "browser");
  const opened = join(world.folder, "opened");
  await Deno.writeTextFile(browser, `#!/bin/sh\necho "$1" > "${opened}.$$" && mv "${opened}.$$" "${opened}"\n`, {
    mode: 0o755,
  });
  const typed = ["typed", "Yk3mQp8Zt5Wv", "value"].join("-");
  const command = mcpCommand(world, { authorized: false });
  const { client, process, stderr } = startLines({
    ...command,
    command: Deno.execPath(),
    args: ["run", "-q", "-P", "--no-prompt", "--config", join(tree, "deno.json"), join(tree, "main.ts"), "mcp"],
    env: { ...command.env, BROWSER: browser, OV_TEST_PLANTED: "planted" },
  });
  try {
    await client.initialize();
    const call = client.tool("vault_create_secret", { name: "TYPED_KEY" });
    const connection = new HandTab(await appears(opened));
    await connection.open();
    await Deno.remove(opened);
    assert.equal((await connection.answer("accept", PASSWORD)).state, "allowed");
    const value = new HandTab(await appears(opened));
    await value.open();
    assert.equal((await value.answer("accept", PASSWORD, typed)).state, "allowed");
    assert.deepEqual((await call).structuredContent, { name: "TYPED_KEY", version: 1 });
    await client.close();
    await process.status;
    const said = await stderr;
    const line = /^HOSTILE (.*)$/m.exec(said);
    assert.ok(line !== null, `the planted module reported:\n${said}`);
    const report: Report = JSON.parse(line[1]!);
    assert.deepEqual(report.reached, []);
    assert.ok(report.attempts > 30, "the attempts were made");
    // The ear works: what the front may know did pass through it.
    assert.ok(report.heard.some((text) => text.includes("TYPED_KEY")));
    for (const secret of [PASSWORD, typed, FAKE_VALUE]) {
      const forms = [secret, btoa(secret).slice(0, 16), new TextEncoder().encode(secret).toHex()];
      for (const form of forms) assert.ok(!report.heard.some((text) => text.includes(form)), `it heard ${form}`);
    }
  } finally {
    await client.close();
    await process.status;
    await client.ended;
    await Deno.remove(tree, { recursive: true });
    await trap.shutdown();
  }
});
