import { OvError } from "../../base/mod.ts";
import type { Door } from "../door.ts";
import { consentFor, type PreparedRun, prepareRun, startRun } from "../execution.ts";
import type { Handlers } from "../handlers.ts";
import { writeWhole } from "../output.ts";
import type { Context } from "../protocol.ts";
import { quoteArgument } from "../quote.ts";

/** `ov run`: a person's run. The password given for this run is the consent to it (DESIGN §4). */
export function runHandlers(door: Door): Pick<Handlers, "run"> {
  return {
    run: async ({ argv, secrets, raw, timeoutMs }, { signal }) => {
      if (argv.length === 0 || argv[0] === "") {
        throw new OvError("usage/invalid", "Cannot run: there is no command", {
          hint: "For example: ov run --secrets STRIPE_SECRET_KEY -- node test.js",
        });
      }
      const context = door.context();
      const names = secretsFor(secrets, context);
      const purpose = [
        `Run with ${names.join(", ") || "no secret"} of ${context.app}/${context.env}${
          raw ? ", output NOT masked" : ""
        }:`,
        `  ${argv.map(quoteArgument).join(" ")}`,
      ].join("\n");
      const session = raw ? await door.unlockTyped(purpose) : await door.unlock(purpose);
      const run = await prepareRun(door, session, await door.boundContext(session), {
        origin: "human",
        argv,
        secrets: names,
        workDir: door.start.cwd,
        agentSession: null,
      });
      requireAllowed(run);
      const end = await startRun(door, session, run, {
        raw,
        timeoutMs,
        abort: signal,
        alsoWatch: [],
        reason: run.decision.kind === "allow" ? run.decision.reason : "password given for this run",
        sink: {
          write: (which, bytes) => writeWhole(which === "stdout" ? Deno.stdout : Deno.stderr, bytes),
        },
      });
      return { exitCode: end.exitCode, signal: end.signal, maskedCount: end.maskedCount, timedOut: end.timedOut };
    },
  };
}

/** The names given, else those of `.ov.yaml`. @throws OvError `usage/invalid` */
function secretsFor(given: readonly string[] | null, context: Context): readonly string[] {
  if (given !== null) return given;
  if (context.secrets.length > 0) return context.secrets;
  throw new OvError("usage/invalid", "Cannot run: no secrets are named", {
    hint: "Name them with --secrets A,B, or list them under `secrets:` in .ov.yaml.",
  });
}

/** Under *ask* the password just given is the answer; under *listed* only a grant is. */
function requireAllowed(run: PreparedRun): void {
  if (run.decision.kind !== "deny") return;
  const { secrets } = consentFor(run);
  throw new OvError("policy/denied", `Cannot run: ${run.decision.reason}`, {
    hint: `Allow it first: ov grant add --secrets ${secrets.join(",")} -- ${
      run.wanted.argv.map(quoteArgument).join(" ")
    }`,
  });
}
