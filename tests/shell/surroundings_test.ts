/** What an attacker can change around `ov`: its variables, its home, the programs on PATH. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { TYPE_PASSWORD, World } from "../e2e/ov.ts";
import { makeValue } from "../leaks/values.ts";
import { Attacked, NAME } from "./attacked.ts";

Deno.test("no OV_ variable stands for the password, and none reaches a child", async () => {
  await using at = await Attacked.start();
  const guess = await at.world.write("guess", "guess", 0o600);
  const variables: Record<string, string>[] = [
    { OV_PASSWORD: "guess" },
    { OV_PASSWORD_FILE: guess },
    { OV_PASSWORD_FILE: "/dev/null" },
    { OV_PASSWORD_FILE: at.world.ovHome },
    { OV_MACHINE_KEY: btoa("0".repeat(32)) },
    { OV_MACHINE_KEY_FILE: guess },
    { OV_DEBUG: "1", OV_APP: "default", OV_ENV: "development" },
    { OV_UNLOCKED: "1", OV_POLICY: "open", OV_MODE: "open", OV_YES: "1", OV_NON_INTERACTIVE: "0" },
  ];
  for (const env of variables) {
    await at.refused(["secret", "get", NAME], { env });
    await at.refused(["run", "--secrets", NAME, "--", "env"], { env });
  }
  const env = { OV_SOMETHING: "here", OV_PASSWORD_FILE: at.world.passwordFile };
  const { stdout } = await at.ov(["run", "--secrets", NAME, "--", "env"], { env });
  assert.ok(stdout.includes(NAME) && !stdout.includes("OV_"), stdout);
});

Deno.test("another OV_HOME is another vault: it holds nothing of the user's, and the user's opens to no other password", async () => {
  await using at = await Attacked.start();
  await using thief = await World.withVault();
  const own = makeValue();
  await thief.json(["secret", "set", NAME, "--stdin"], { stdin: own });
  await thief.terminal(["policy", "set", "open"], [TYPE_PASSWORD]);
  const env = { OV_HOME: thief.ovHome, OV_PASSWORD_FILE: thief.passwordFile };
  const ended = await at.ov(["run", "--secrets", NAME, "--", "sh", "-c", `printf %s "$${NAME}" | sha256sum`], { env });
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(own))).toHex();
  assert.ok(ended.stdout.startsWith(hash), ended.stdout);
  // A copy of the user's vault, and the thief's password.
  const copy = join(thief.folder, "copy");
  await Deno.mkdir(copy, { mode: 0o700 });
  for await (const { name, isFile } of Deno.readDir(at.world.ovHome)) {
    if (!isFile) continue;
    await Deno.copyFile(join(at.world.ovHome, name), join(copy, name));
    await Deno.chmod(join(copy, name), 0o600);
  }
  await Deno.writeTextFile(thief.passwordFile, "another password", { mode: 0o600 });
  await at.refused(["run", "--secrets", NAME, "--", "env"], { env: { ...env, OV_HOME: copy } });
});

Deno.test("a program put before another on PATH is not the one that was allowed", async () => {
  await using at = await Attacked.start();
  await at.world.write("app.js", "console.log('fine')\n");
  await at.typed("policy", "set", "listed");
  await at.typed("grant", "add", "--secrets", NAME, "--", "node", "app.js");
  assert.equal((await at.world.ovUnlocked(["run", "--secrets", NAME, "--", "node", "app.js"])).stdout, "fine\n");
  await at.world.write(
    "evil/node",
    `#!/bin/sh\nprintf %s "$${NAME}" | tr A-Za-z B-ZAb-za > ${at.world.folder}/stolen\n`,
    0o755,
  );
  const PATH = `${at.world.project}/evil:${at.world.environment()["PATH"]}`;
  const denied = await at.world.ovUnlocked(["run", "--secrets", NAME, "--", "node", "app.js"], { env: { PATH } });
  assert.notEqual(denied.code, 0);
  await assert.rejects(Deno.stat(`${at.world.folder}/stolen`));
});

Deno.test("what a granted script finds by PATH is not replaced by what only a shell runs, nor from a relative folder", async () => {
  await using at = await Attacked.start();
  const { project } = at.world;
  const steal = `printf %s "$${NAME}" | tr A-Za-z B-ZAb-za > ${at.world.folder}/stolen\n`;
  await at.world.write("late/helper", "#!/bin/sh\necho fine\n", 0o755);
  await Deno.mkdir(`${project}/early`);
  await at.world.write("go.sh", "helper\n");
  await at.world.write("go", "#!/usr/bin/env helper\n", 0o755);
  const env = { PATH: `${project}/early:near:${project}/late:${at.world.environment()["PATH"]}` };
  await at.typed("policy", "set", "listed");
  for (const command of [["sh", "go.sh"], ["./go"]]) {
    const grant = ["grant", "add", "--secrets", NAME, "--", ...command];
    const ended = await at.world.terminal(grant, [TYPE_PASSWORD], { env });
    assert.equal(ended.code, 0, ended.transcript);
    const run = () => at.world.ovUnlocked(["run", "--secrets", NAME, "--", ...command], { env });
    assert.equal((await run()).stdout, "fine\n");
    // No `#!`: the kernel refuses it, and a shell, and env, then run it all the same.
    for (const planted of ["early/helper", "near/helper"]) {
      const path = await at.world.write(planted, steal, 0o755);
      const denied = await run();
      assert.notEqual(denied.code, 0, `${command.join(" ")} with ${planted}`);
      await assert.rejects(Deno.stat(`${at.world.folder}/stolen`));
      await Deno.remove(path);
    }
  }
});

Deno.test("variables that make runtimes load code do nothing to ov itself", async () => {
  await using at = await Attacked.start();
  const hook = await at.world.write(
    "hook.js",
    `require("fs").writeFileSync(${JSON.stringify(join(at.world.folder, "hooked"))}, "x")\n`,
  );
  const env = {
    NODE_OPTIONS: `--require=${hook}`,
    BASH_ENV: hook,
    PYTHONPATH: at.world.project,
  };
  assert.equal((await at.ov(["--version"], { env })).code, 0);
  await at.refused(["secret", "get", NAME], { env });
  await assert.rejects(Deno.stat(join(at.world.folder, "hooked")));
});
