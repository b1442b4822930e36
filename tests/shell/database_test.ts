/** The vault's files, read by whoever can: nothing in them is plaintext. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { hasProgram } from "../agent/tmux.ts";
import { Attacked, NAME } from "./attacked.ts";

const readers = await hasProgram("sqlite3", "--version") && await hasProgram("strings", "--version");

const show = "sqlite3, strings and the bytes themselves show no value, no name and no command that was allowed";
Deno.test({
  name: show,
  ignore: !readers,
  fn: async () => {
    await using at = await Attacked.start();
    await at.world.write("telling-file-name.sh", "echo fine\n");
    await at.typed("grant", "add", "--secrets", NAME, "--", "sh", "telling-file-name.sh");
    const { ovHome } = at.world;
    const dumped = await at.shell(
      `cd ${ovHome}; strings -a -n 5 *; strings -a -e l -n 5 *; for f in *; do sqlite3 "$f" .dump 2>/dev/null; done; true`,
    );
    for (const telling of [NAME, "telling-file-name", "development"]) {
      assert.ok(!dumped.stdout.includes(telling), telling);
    }
    assert.match(dumped.stdout, /CREATE TABLE/);
    for await (const { name, isFile } of Deno.readDir(ovHome)) {
      if (isFile) at.keepsBytes(await Deno.readFile(join(ovHome, name)));
    }
  },
});

Deno.test({
  name: "a vault that was edited with sqlite3 is refused, not believed",
  ignore: !readers,
  fn: async () => {
    await using at = await Attacked.start();
    const file = join(at.world.ovHome, "vault.db");
    const { stdout } = await at.world.run("sqlite3", [file, "select name from sqlite_master where type = 'table'"]);
    const tables = stdout.trim().split("\n");
    assert.ok(tables.length > 0);
    for (const table of tables) await at.world.run("sqlite3", [file, `delete from "${table}" where rowid = 1`]);
    await at.refused(["run", "--secrets", NAME, "--", "env"], { env: { OV_PASSWORD_FILE: at.world.passwordFile } });
  },
});
