import { OvError } from "../../base/mod.ts";
import type { Door } from "../door.ts";
import { prepareRun, startRun } from "../execution.ts";
import type { Handlers } from "../handlers.ts";
import { writeWhole } from "../output.ts";

/** `ov shell`: everything that is started in it has the secrets, so only the password typed just now opens one. */
export function shellHandlers(door: Door): Pick<Handlers, "shell"> {
  return {
    shell: async ({ secrets }, { signal }) => {
      const context = door.context();
      const names = secrets ?? context.secrets;
      if (names.length === 0) {
        throw new OvError("usage/invalid", "Cannot open a shell: no secrets are named", {
          hint: "Name them with --secrets A,B, or list them under `secrets:` in .ov.yaml.",
        });
      }
      const shell = door.start.environment["SHELL"] || "/bin/sh";
      const session = await door.unlockTyped(
        `Open a shell with ${names.join(", ")} of ${context.app}/${context.env}.\n` +
          "Every program that you start in it, and all that they start, can read these values and do\n" +
          "with them what it likes; no command is asked about. What the terminal shows is masked.",
      );
      const run = await prepareRun(door, session, await door.boundContext(session), {
        origin: "human",
        argv: [shell],
        secrets: names,
        workDir: door.start.cwd,
        agentSession: null,
      });
      if (run.decision.kind === "deny") {
        throw new OvError("policy/denied", `Cannot open a shell: ${run.decision.reason}`, {
          hint: "The mode of this environment lets only commands run that were allowed beforehand.",
        });
      }
      const end = await startRun(door, session, run, {
        raw: false,
        timeoutMs: null,
        abort: signal,
        alsoWatch: [],
        reason: "password typed for a shell",
        sink: { write: (which, bytes) => writeWhole(which === "stdout" ? Deno.stdout : Deno.stderr, bytes) },
      });
      door.spendPassword();
      return { exitCode: end.exitCode, signal: end.signal, maskedCount: end.maskedCount };
    },
  };
}
