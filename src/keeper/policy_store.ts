import type { EnvRef, Mode } from "./protocol.ts";
import type { VaultSession } from "./vault_session.ts";

const POLICY = "policy";
const MODES: readonly string[] = ["ask", "listed", "open"];

/** The policy mode of an env; `ask` where none was set, and where what is stored is not understood. */
export async function readMode(session: VaultSession, ref: EnvRef): Promise<Mode> {
  const stored = await session.getDocument(POLICY, `${ref.app}/${ref.env}`) as { mode?: unknown } | null;
  const mode = stored?.mode;
  return typeof mode === "string" && MODES.includes(mode) ? mode as Mode : "ask";
}

/** Sets the policy mode of an env. */
export async function writeMode(session: VaultSession, ref: EnvRef, mode: Mode): Promise<void> {
  await session.putDocument(POLICY, `${ref.app}/${ref.env}`, { mode });
}
