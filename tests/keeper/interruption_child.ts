/** Does one thing again and again, and says so, until it is killed: `deno run -A interruption_child.ts WHAT FOLDER`. */
import { Secret } from "../../src/base/mod.ts";
import { VaultSession } from "../../src/keeper/vault_session.ts";
import { readSqliteVault, replaceSqliteVault } from "../../src/store/mod.ts";

const [what, folder] = Deno.args as [string, string];
const passwords = ["fake password", "another fake password"].map((text) => Secret.fromText("password", text));
// The code of the sheet that the test made: twenty fives.
const code = new Secret("sheet code", new Uint8Array(20).fill(5));
const kdf = { memoryKib: 19_456, passes: 2, parallelism: 1 };

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

async function open(): Promise<VaultSession> {
  for (const password of passwords) {
    try {
      return await VaultSession.open({ folder, password, now: Date.now });
    } catch {
      // The other one, then.
    }
  }
  throw new Error("no password opens the vault");
}

const session = await open();
let [old, next] = await session.verifyPassword(passwords[0]!) ? passwords : passwords.toReversed();
const records = readSqliteVault(folder);
say("begins");
for (let i = 0;; i++) {
  if (what === "password") {
    await session.changePassword(old!, next!, { kdf, audit: { i } });
    [old, next] = [next, old];
  } else if (what === "reset") {
    await session.resetPassword(code, next!, { kdf, audit: { i } });
    [old, next] = [next, old];
  } else if (what === "sheet") await session.makeRootWrap("sheet", old!, code, () => ({ i }));
  else if (what === "rotate") await session.rotateEnvs(null, { dropMachineKeys: i % 2 === 0 });
  else replaceSqliteVault(folder, records, `vault.db.before-${crypto.randomUUID()}`);
  say(String(i));
}
