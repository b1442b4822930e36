/** A process of its own for the tests beside it: `deno run -A vault_session_child.ts COMMAND FOLDER [LABEL]`. */
import { OvError, Secret } from "../../src/base/mod.ts";
import { FIRST_ENV, VaultSession } from "../../src/keeper/vault_session.ts";

const [command, folder, label = "X"] = Deno.args as [string, string, string?];
const password = Secret.fromText("password", "fake password");
const kdf = { memoryKib: 19_456, passes: 2, parallelism: 1 };
const now = () => Date.now();

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(line + "\n"));
}

function value(text: string): Secret {
  return Secret.fromText("value", text);
}

async function outcome(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return "ok";
  } catch (error) {
    if (error instanceof OvError) return error.code;
    throw error;
  }
}

const commands: Record<string, () => Promise<void>> = {
  create: async () => {
    say("creating");
    say(await outcome(async () => (await VaultSession.create({ folder, password, now, kdf })).close()));
  },
  /** Sets one secret after the other and says each when it is stored, until killed or out of space. */
  write: async () => {
    const session = await VaultSession.open({ folder, password, now });
    for (let i = 0; i < 100_000; i++) {
      const entries = [{ name: `${label}_${i}`, value: value(`fake-${i}`.repeat(200)), maskable: true }];
      const result = await outcome(async () => {
        await session.setSecrets(FIRST_ENV, entries);
        await session.appendAudit({ set: i });
      });
      say(result === "ok" ? String(i) : result);
      if (result !== "ok") break;
    }
    session.close();
  },
  /** Thirty of every kind of change. */
  contend: async () => {
    const session = await VaultSession.open({ folder, password, now });
    for (let i = 0; i < 30; i++) {
      await session.setSecrets(FIRST_ENV, [
        { name: `${label}_${i}`, value: value(`fake-${i}`), maskable: true },
        { name: "SHARED", value: value(`fake-${label}-${i}`), maskable: true },
      ]);
      await session.updateDocuments("grant", (documents) => {
        documents.set("one", { uses: ((documents.get("one") ?? { uses: 0 }) as { uses: number }).uses + 1 });
      });
      await session.appendAudit({ by: label, i });
    }
    session.close();
    say("done");
  },
  check: async () => {
    const session = await VaultSession.open({ folder, password, now });
    const names = (await session.listSecrets(FIRST_ENV)).map((meta) => meta.name);
    await session.getAllSecrets(FIRST_ENV);
    say(JSON.stringify({ names, audit: (await session.verifyAudit()).entries }));
    session.close();
  },
  "open-fails": async () => {
    say(await outcome(async () => (await VaultSession.open({ folder, password, now })).close()));
    say(await outcome(() => Promise.resolve(VaultSession.describe(folder))));
  },
};

await commands[command]!();
