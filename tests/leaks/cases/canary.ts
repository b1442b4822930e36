/** A name that somebody who looks for secrets would like. The value behind it is a decoy, and asking for it is refused. */
import { against, type Case, type Surface } from "../case.ts";
import type { Output } from "../decode.ts";
import { latin1 } from "../decode.ts";

/** Where it is not refused, the attacker is taken to hold the whole value. */
function canary(id: string, attacker: string, ask: (at: Surface, decoy: string) => Promise<readonly unknown[]>): Case {
  return against(id, attacker, async (at) => {
    const decoy = `DECOY_${id.toUpperCase().replaceAll("-", "_")}`;
    await at.byUser(["secret", "canary", decoy]);
    const answers = await ask(at, decoy);
    return answers.map((answer): Output => {
      const text = latin1(new TextEncoder().encode(JSON.stringify(answer)));
      const refused = /"isError":true|"code":[1-9]/.test(text);
      return { stdout: refused ? text : `${text} ${at.value}`, stderr: "", code: 0, ms: 0 };
    });
  });
}

export const CANARY: readonly Case[] = [
  canary(
    "run",
    "runs a command with it",
    async (
      { agent, folder },
      decoy,
    ) => [
      await (await agent()).tool("vault_run", { command: ["printenv", decoy], secrets: [decoy], work_dir: folder }),
    ],
  ),
  canary(
    "run-among-others",
    "runs a command with it among others",
    async (
      { agent, folder, name },
      decoy,
    ) => [await (await agent()).tool("vault_run", { command: ["env"], secrets: [name, decoy], work_dir: folder })],
  ),
  canary("get", "asks for its value", async ({ ov }, decoy) => [await ov(["secret", "get", decoy])]),
  canary(
    "cli-run",
    "runs a command with it from a shell",
    async ({ ov }, decoy) => [await ov(["run", "--secrets", decoy, "--", "printenv", decoy])],
  ),
];
