import { encodeUtf8, OvError, quoteCommand } from "../../base/mod.ts";
import type { Door } from "../door.ts";
import { consentFor, type PreparedRun, prepareRun, startRun, type Wanted } from "../execution.ts";
import { grantFor, recordGrant, storeGrant } from "../grant_store.ts";
import type { Handlers } from "../handlers.ts";
import { openByMachineKey } from "../machine_door.ts";
import { writeThrough } from "../output.ts";
import type { Context, Result } from "../protocol.ts";
import type { OutputSink } from "../../run/mod.ts";
import type { MachineSession } from "../session_machine.ts";
import type { VaultSession } from "../vault_session.ts";
import { requireSecretName } from "./secrets.ts";

/** `ov run`: a person's run. The password given for this run is the consent to it (DESIGN §4). */
export function runHandlers(door: Door): Pick<Handlers, "run"> {
  return {
    run: async ({ argv, secrets, raw, timeoutMs, remember, machineKey, bundle }, { signal }) => {
      if (argv.length === 0 || argv[0] === "") {
        throw new OvError("usage/invalid", "Cannot run: there is no command", {
          hint: "For example: ov run --secrets STRIPE_SECRET_KEY -- node test.js",
        });
      }
      const context = door.context();
      const names = secretsFor(secrets, context);
      // Before they are shown: a name from elsewhere could hold what a terminal acts on.
      for (const name of names) requireSecretName(name);
      const machine = await openByMachineKey(door, { machineKey, bundle });
      if (machine !== null) {
        if (raw || remember === true) throw needsPassword(raw ? "--raw" : "--remember");
        return await runByMachine(door, machine, { argv, names, timeoutMs, abort: signal });
      }
      const purpose = [
        `Run with ${names.join(", ") || "no secret"} of ${context.app}/${context.env}${
          raw ? ", output NOT masked" : ""
        }:`,
        `  ${quoteCommand(argv)}`,
      ].join("\n");
      const session = raw || remember === true ? await door.unlockTyped(purpose) : await door.unlock(purpose);
      const run = await prepareRun(door, session, await door.boundContext(session), wantedBy(door, argv, names));
      requireAllowed(run);
      if (run.decision.kind === "ask") await door.requirePassword(purpose);
      if (remember === true) await rememberRun(door, session, run);
      const everything = door.parts.caller === undefined ? [] : await session.getAllSecrets(run.ref);
      const end = await startRun(door, session, run, {
        raw,
        timeoutMs,
        abort: signal,
        // Who lives longer than one run watches for every value of the env (DESIGN §6).
        alsoWatch: everything,
        reason: run.decision.kind === "allow" ? run.decision.reason : "password given for this run",
        sink: OWN_STDIO,
      });
      for (const secret of everything) secret.wipe();
      // A consent is for one run: the next one of this keeper asks again.
      door.spendPassword();
      return { exitCode: end.exitCode, signal: end.signal, maskedCount: end.maskedCount, timedOut: end.timedOut };
    },
  };
}

// `ov run -- … | head`: run/ ends the command quietly on a closed pipe, which it must recognise.
const OWN_STDIO: OutputSink = {
  write: (which, bytes) => writeThrough(which === "stdout" ? Deno.stdout : Deno.stderr, bytes),
};

function wantedBy(door: Door, argv: readonly string[], secrets: readonly string[]): Wanted {
  return { origin: "human", argv, secrets, workDir: door.start.cwd, agentSession: null };
}

/** A run that nobody is asked about: the terms of the machine key decide. @throws OvError `policy/denied` */
async function runByMachine(
  door: Door,
  machine: MachineSession,
  o: { argv: readonly string[]; names: readonly string[]; timeoutMs: number | null; abort: AbortSignal },
): Promise<Result<"run">> {
  const run = await prepareRun(door, machine, machine.ref, wantedBy(door, o.argv, o.names));
  if (run.decision.kind !== "allow") {
    throw new OvError("policy/denied", `Cannot run: ${run.decision.reason}`, {
      hint: run.warnings.some((warning) => warning.neverListed)
        ? "Put it into a script and list that, or open the env to any command: ov policy set open"
        : `List it when the key is made: ov machine-key create ${machine.terms.name} --rotate --commands '…'`,
    });
  }
  for (const line of run.replaceable) await OWN_STDIO.write("stderr", encodeUtf8(`ov: note: ${line}\n`));
  const { reason } = run.decision;
  const alsoWatch = await machine.getAllSecrets(machine.ref);
  try {
    const { timeoutMs, abort } = o;
    const end = await startRun(door, machine, run, {
      raw: false,
      timeoutMs,
      abort,
      alsoWatch,
      reason,
      sink: OWN_STDIO,
    });
    return { exitCode: end.exitCode, signal: end.signal, maskedCount: end.maskedCount, timedOut: end.timedOut };
  } finally {
    for (const secret of alsoWatch) secret.wipe();
  }
}

function needsPassword(option: string): OvError {
  return new OvError("policy/denied", `Cannot run with ${option}: a machine key does not replace the master password`, {
    hint: `Leave ${option} out, or unset the machine key and type the password.`,
  });
}

/** `--remember`: what was just allowed with the typed password is allowed from now on. @throws OvError `policy/denied` */
async function rememberRun(door: Door, session: VaultSession, run: PreparedRun): Promise<void> {
  if (!consentFor(run).choices.includes("always")) {
    throw new OvError("policy/denied", "Cannot remember this command: it could do anything with the secrets", {
      hint: "Run it without --remember; it is asked about each time.",
    });
  }
  if (run.decision.kind === "allow" && run.decision.grant !== null) return;
  const now = door.parts.now();
  const grant = grantFor(run.request, "always", now);
  await recordGrant(session, grant, "human");
  await storeGrant(session, grant, now);
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
    hint: `Allow it first: ov grant add --secrets ${secrets.join(",")} -- ${quoteCommand(run.wanted.argv)}`,
  });
}
