/**
 * A run, from what was asked for to the child's end: names and program are resolved, content is hashed, the decision is
 * made by `policy/`, the audit log is written, what was hashed is compared once more, and only then are values opened.
 */
import { isAbsolute, resolve } from "node:path";
import { isSecretName, OvError, type Secret } from "../base/mod.ts";
import { Masker } from "../mask/mod.ts";
import {
  type BaseEnvironment,
  decide,
  type Decision,
  type Grant,
  namesInArgument,
  pathsNamed,
  pinCommand,
  type PinnedCommand,
  type RunRequest,
  type TreeState,
  treesWanted,
  type Warning,
  warningsFor,
} from "../policy/mod.ts";
import {
  baseEnvironment,
  type Caller,
  type CallerTerminal,
  type ChildEnd,
  type ChildSpec,
  type MaskedRunOptions,
  type OutputSink,
  OwnCaller,
  type ProgramPath,
  resolveProgram,
  runMasked,
  type RunOptions,
  runRaw,
  startOnTerminal,
  withoutInput,
} from "../run/mod.ts";
import { refuseCanary } from "./canary.ts";
import { environmentOf, isOwnEnvironment } from "./child_environment.ts";
import { currentUid, type Door } from "./door.ts";
import { judgeMachineRun } from "./machine_terms.ts";
import { listGrants, recordUse } from "./grant_store.ts";
import { readMode } from "./policy_store.ts";
import { readTree } from "./trees.ts";
import type { Consent, EnvRef, Mode } from "./protocol.ts";
import { MachineSession } from "./session_machine.ts";
import type { VaultSession } from "./vault_session.ts";

/** Where a run's secrets come from: the vault, or the one env that a machine key opens. */
export type RunSource = VaultSession | MachineSession;

/** What is asked for. */
export interface Wanted {
  readonly origin: "agent" | "human";
  readonly argv: readonly string[];
  readonly secrets: readonly string[];
  /** Absolute. */
  readonly workDir: string;
  /** The `ov mcp` session that asks; `null` for people. */
  readonly agentSession: string | null;
}

/** A run that is understood, hashed and judged, but not started. */
export interface PreparedRun {
  readonly ref: EnvRef;
  readonly wanted: Wanted;
  readonly program: ProgramPath;
  readonly request: RunRequest;
  readonly warnings: readonly Warning[];
  /** What of its content could not be hashed, one line each. */
  readonly notes: readonly string[];
  /** Programs of it that others can replace, where that is no reason to refuse it. */
  readonly replaceable: readonly string[];
  readonly mode: Mode;
  /** Folders that grants bind whole, as they were when it was decided. */
  readonly trees: readonly TreeState[];
  readonly decision: Decision;
  /** Whether the grant that allows it was given to an agent, whose commands read no standard input. */
  readonly grantedToAgent: boolean;
}

/**
 * Resolves, hashes and judges.
 *
 * @param sessionGrants grants that live as long as an `ov mcp` session, beside those of the vault
 * @throws OvError `usage/…`, `run/not-found`, `run/not-executable`, `secret/not-found`, `secret/canary`, `policy/denied`
 */
export async function prepareRun(
  door: Door,
  session: RunSource,
  ref: EnvRef,
  asked: Wanted,
  sessionGrants: readonly Grant[] = [],
): Promise<PreparedRun> {
  await requireSecrets(door, session, ref, asked.secrets);
  // Links resolved: what is shown and bound is where it will be, not a name that can be made to lead elsewhere.
  const wanted = { ...asked, workDir: realFolder(asked.workDir) };
  const base = baseEnvironment(door.start.environment);
  const program = await resolveProgram(wanted.argv[0] ?? "", { workDir: wanted.workDir, path: base["PATH"] });
  const argv = wanted.argv.slice(1);
  const content = await contentOf(door, session, base, program, argv, wanted.workDir);
  const request: RunRequest = {
    origin: wanted.origin,
    app: ref.app,
    env: ref.env,
    secrets: [...wanted.secrets].sort(),
    // As found: one file may be many programs (busybox), which look at the name they are started by.
    program: program.path,
    programSha256: content.programSha256,
    argv,
    unbound: argv.filter((arg) =>
      content.fetched.includes(arg) ||
      namesInArgument(arg).some((name) => pathsNamed(wanted.workDir, name).some(isFolder))
    ),
    workDir: wanted.workDir,
    pins: content.pins,
    base,
    session: wanted.agentSession,
  };
  const warnings = warningsFor(program.path, argv, program.realPath, content.unread);
  const byMachine = session instanceof MachineSession;
  const mode = byMachine ? session.terms.mode : await readMode(session, ref);
  const grants = byMachine ? [] : [...sessionGrants, ...await listGrants(session, ref)];
  const now = door.parts.now();
  const folders = mode === "open" ? [] : treesWanted(request, grants, now);
  const trees: TreeState[] = [];
  for (const folder of folders) trees.push(await treeOrNone(folder));
  const decision = byMachine
    ? judgeMachineRun(session.terms, wanted.argv, warnings)
    : decide(mode, request, grants, now, warnings, trees);
  const { notes, replaceable } = content;
  const granted = grants.find((grant) => decision.kind === "allow" && grant.id === decision.grant);
  const grantedToAgent = granted?.origin === "agent";
  const run = { ref, wanted, program, request, warnings, notes, replaceable, mode, trees, decision, grantedToAgent };
  if (granted?.base === undefined || isOwnEnvironment(door, session, run)) return run;
  if (JSON.stringify(granted.base) === JSON.stringify(base)) return run;
  // What is found with the caller's PATH is as it was; the child has the grant's, with which it must be so as well.
  const { pins, programSha256 } = await contentOf(door, session, granted.base, program, argv, wanted.workDir);
  const bound = { ...request, pins, programSha256, base: granted.base };
  return { ...run, request: bound, decision: decide(mode, bound, [granted], now, warnings, trees) };
}

/** A folder that can not be read any more is not as it was. */
async function treeOrNone(folder: string): Promise<TreeState> {
  return await readTree(folder).catch(() => ({ folder, sha256: "", files: 0, paths: new Set<string>() }));
}

/** What the command will load, looked up as the child will look it up. */
function contentOf(
  door: Door,
  session: RunSource,
  { PATH, HOME }: BaseEnvironment,
  program: ProgramPath,
  argv: readonly string[],
  workDir: string,
): Promise<PinnedCommand> {
  return pinCommand({
    program: program.path,
    realProgram: program.realPath,
    argv,
    workDir,
    find: (command, dir) =>
      resolveProgram(command, { workDir: dir, path: PATH, byOthers: true }).then((found) => found.path, () => null),
    ownUid: currentUid(door.start.platform),
    // A CI job's machine has no other users, and is set up as if everybody were one. It says so itself: whoever has the
    // machine key and says so falsely could open the env in their own way.
    writable: session instanceof MachineSession && door.isCi ? "note" : "refuse",
    ...(HOME === undefined ? {} : { home: HOME }),
  });
}

/** What a person is shown of it. */
export function consentFor(run: PreparedRun): Consent {
  const { request, warnings, wanted } = run;
  const changed = run.decision.kind === "allow" ? [] : run.decision.changed;
  return {
    action: "run",
    app: request.app,
    env: request.env,
    secrets: request.secrets,
    program: request.program,
    argv: wanted.argv,
    workDir: request.workDir,
    pins: request.pins,
    warnings: [
      ...warnings.map((warning) => warning.text),
      ...run.notes,
      ...changed.map((path) => `${path} has changed since you allowed it`),
    ],
    choices: warnings.some((warning) => warning.neverListed) ? ["once"] : ["once", "session", "always"],
  };
}

/** How a prepared run is started. */
export interface StartOptions extends Omit<RunOptions, "forwardSignals"> {
  readonly raw: boolean;
  /** Values to watch for beside those that are injected. */
  readonly alsoWatch: readonly Secret[];
  /** Why it is allowed, for the audit log. */
  readonly reason: string;
  readonly sink: OutputSink;
}

/**
 * Starts what was prepared, with its secrets, and masks its output.
 *
 * @throws OvError `policy/changed` where a file is no longer what was allowed; whatever `run/` throws; where the audit
 * log can not be written, its error: an unrecorded run does not happen
 */
export async function startRun(
  door: Door,
  session: RunSource,
  run: PreparedRun,
  options: StartOptions,
): Promise<ChildEnd> {
  const { request, wanted, program } = run;
  const secrets: Secret[] = [];
  let child: number | null = null;
  try {
    for (const name of request.secrets) secrets.push(await session.getSecret(run.ref, name));
    const hasInput = wanted.origin === "human" && (!run.grantedToAgent || isOwnEnvironment(door, session, run));
    const asker = options.raw ? null : callerOf(door, wanted.origin);
    const caller = asker === null || hasInput ? asker : withoutInput(asker);
    const place = placement(door, wanted.origin, caller);
    const spec: ChildSpec = {
      program: program.path,
      args: request.argv,
      workDir: request.workDir,
      environment: {
        ...(place.forceColor ? FORCED_COLOR : {}),
        ...environmentOf(door, session, run, secrets),
      },
      stdin: caller !== null ? "piped" : hasInput ? "inherit" : "null",
      ownGroup: wanted.origin === "agent" || caller !== null,
    };
    // A machine key opens one env and not the log: the job's own log tells of its runs.
    if (!(session instanceof MachineSession)) {
      const grant = run.decision.kind === "allow" ? run.decision.grant : null;
      await recordUse(session, grant, entryFor(run, options), door.parts.now());
    }
    const again = await contentOf(door, session, request.base ?? {}, program, request.argv, request.workDir);
    let isSame = again.programSha256 === request.programSha256 &&
      JSON.stringify(again.pins) === JSON.stringify(request.pins);
    for (const { folder, sha256 } of run.trees) isSame &&= (await treeOrNone(folder)).sha256 === sha256;
    if (!isSame) {
      throw new OvError("policy/changed", "Cannot run: a file that the command loads changed while it was decided", {
        hint: "Run it again.",
      });
    }
    const common: RunOptions = {
      timeoutMs: options.timeoutMs,
      forwardSignals: wanted.origin === "human",
      ...(options.abort === undefined ? {} : { abort: options.abort }),
      onSpawned: (pid) => {
        child = pid;
        door.parts.guard?.begin(pid);
        options.onSpawned?.(pid);
      },
    };
    if (options.raw) return await runRaw(spec, common);
    const values = watched(secrets, options.alsoWatch);
    const masker = session instanceof MachineSession ? new Masker(values) : session.maskers.for(values);
    return await runMasked(spec, masker, caller ?? options.sink, { ...common, ...place.options });
  } finally {
    if (child !== null) door.parts.guard?.end(child);
    for (const secret of secrets) secret.wipe();
  }
}

/** What the audit log keeps of a run. */
function entryFor({ request, wanted }: PreparedRun, { reason, raw }: StartOptions): Readonly<Record<string, unknown>> {
  const { app, env, secrets, program, workDir } = request;
  const { origin } = wanted;
  return { action: "run", origin, app, env, secrets, program, files: filesNamed(request), workDir, reason, raw };
}

/** Programs that know whether they write to a terminal still show their colours where they have a pipe instead. */
const FORCED_COLOR = { FORCE_COLOR: "1", CLICOLOR_FORCE: "1" };

/** Silence on a terminal after which what is held back goes out, in milliseconds: shorter than a person notices. */
const TERMINAL_PAUSE_MS = 10;

/** Whose stdio the child has; `null` where it is this process's own. */
function callerOf(door: Door, origin: Wanted["origin"]): Caller | null {
  if (origin === "agent") return null;
  if (door.parts.caller !== undefined) return door.parts.caller;
  if (door.parts.terminals === undefined || door.parts.terminals === null) return null;
  const own = new OwnCaller();
  return own.terminal?.stdin === true && own.terminal.stdout ? own : null;
}

/** How the child stands to its caller: on a pseudo-terminal where the caller has a terminal, else on pipes. */
function placement(
  door: Door,
  origin: Wanted["origin"],
  caller: Caller | null,
): { options: Pick<MaskedRunOptions, "caller" | "start" | "native" | "pauseMs">; forceColor: boolean } {
  const { terminals } = door.parts;
  const noColor = (door.start.environment["NO_COLOR"] ?? "") !== "";
  const native = terminals === undefined || terminals === null ? {} : { native: terminals };
  if (caller === null) {
    return { options: native, forceColor: origin === "human" && !noColor && Deno.stdout.isTerminal() };
  }
  const { terminal } = caller;
  if (terminal === null || !terminal.stdout) return { options: { caller, ...native }, forceColor: false };
  if (terminals === undefined || terminals === null) return { options: { caller }, forceColor: !noColor };
  const seated = caller as Caller & { readonly terminal: CallerTerminal };
  return {
    options: { caller, start: (spec) => startOnTerminal(spec, seated, terminals), pauseMs: TERMINAL_PAUSE_MS },
    forceColor: false,
  };
}

/** Each value once, the injected ones first. */
function watched(injected: readonly Secret[], others: readonly Secret[]): Secret[] {
  const names = new Set(injected.map((secret) => secret.name));
  return [...injected, ...others.filter((secret) => !names.has(secret.name))];
}

/** @throws OvError `usage/name`, `secret/not-found`, `secret/canary`, `usage/value` */
async function requireSecrets(door: Door, session: RunSource, ref: EnvRef, names: readonly string[]): Promise<void> {
  for (const name of names) {
    if (!isSecretName(name)) {
      throw new OvError("usage/name", "Cannot run: a secret's name is not one that an environment variable can have", {
        hint: "Names hold letters, digits and _, not a digit first.",
      });
    }
  }
  if (new Set(names).size !== names.length) {
    throw new OvError("usage/invalid", "Cannot run: a secret is named twice");
  }
  const listed = new Map((await session.listSecrets(ref)).map((secret) => [secret.name, secret]));
  const missing = names.filter((name) => !listed.has(name));
  if (missing.length > 0) {
    throw new OvError("secret/not-found", `Cannot run: ${ref.app}/${ref.env} has no ${missing.join(", ")}`, {
      hint: `Set it with \`ov secret set ${missing[0]}\`, or see \`ov secret list\`.`,
    });
  }
  const canary = names.find((name) => listed.get(name)!.canary);
  if (canary !== undefined) {
    await refuseCanary(door, session instanceof MachineSession ? null : session, ref, canary, "run");
  }
}

/** Most files that an entry of the log names. */
const MAX_FILES_NAMED = 8;

/** The files that the command line names: enough to tell one `node` from another, without keeping what was typed. */
function filesNamed({ argv, pins, workDir }: RunRequest): string[] {
  const paths = new Set(pins.map((pin) => pin.path));
  return argv.map((arg) => resolve(workDir, arg)).filter((path) => paths.has(path)).slice(0, MAX_FILES_NAMED);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** The folder itself, all links resolved. @throws OvError `usage/file` */
function realFolder(path: string): string {
  let state = "it does not exist";
  try {
    if (isAbsolute(path) && Deno.statSync(path).isDirectory) return Deno.realPathSync(path);
    state = "it is not a directory";
  } catch {
    // Said below.
  }
  throw new OvError("usage/file", `Cannot run in that directory: ${state}`, {
    hint: "Give an absolute path of a directory.",
  });
}
