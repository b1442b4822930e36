/** A vault to test with: real, in a folder of its own, with the cheapest allowed KDF and a clock that the test moves. */
import { Secret } from "../../src/base/mod.ts";
import { VaultSession } from "../../src/keeper/vault_session.ts";

export const password = Secret.fromText("password", "fake password");
export const kdf = { memoryKib: 19_456, passes: 2, parallelism: 1 };
export const ref = { app: "default", env: "development" };

export interface Fixture {
  readonly folder: string;
  readonly session: VaultSession;
  /** Milliseconds since 1970; move it by assigning. */
  clock: { at: number };
  /** A second session, as another process would have. Closed with the first. */
  open(): Promise<VaultSession>;
}

export function text(secret: Secret): string {
  // EXPOSE: compared with what the test stored
  return new TextDecoder().decode(secret.expose());
}

export function entry(name: string, value: string, more: { canary?: boolean; maskable?: boolean } = {}) {
  return { name, value: Secret.fromText(name, value), maskable: true, ...more };
}

/** A test with a vault. */
export function test(what: string, run: (fixture: Fixture) => Promise<void>): void {
  Deno.test(what, async () => {
    const parent = Deno.makeTempDirSync();
    const folder = `${parent}/vault`;
    const clock = { at: 1_800_000_000_000 };
    const now = () => clock.at;
    const opened = [await VaultSession.create({ folder, password, now, kdf })];
    const open = async () => {
      opened.push(await VaultSession.open({ folder, password, now }));
      return opened.at(-1)!;
    };
    try {
      await run({ folder, session: opened[0]!, clock, open });
    } finally {
      for (const session of opened) session.close();
      Deno.removeSync(parent, { recursive: true });
    }
  });
}
