import { OvError } from "../base/mod.ts";
import type { Caller } from "./caller.ts";
import { Ending } from "./ending.ts";
import { Forwarder, INTERRUPT_WINDOW_MS, listen, onTerminal } from "./forward.ts";
import { startInSession, type TerminalPowers } from "./native_child.ts";
import { pump, type PumpOptions, type StreamMask } from "./pump.ts";

/** A process to start. */
export interface ChildSpec {
  /** Absolute path ({@link ProgramPath.path}). */
  readonly program: string;
  /** Arguments after the program, as they are: no shell sees them. */
  readonly args: readonly string[];
  /** Absolute path of an existing directory. */
  readonly workDir: string;
  /** The whole environment ({@link childEnvironment}); holds values. */
  readonly environment: Readonly<Record<string, string>>;
  /** `piped`: from the caller of {@link MaskedRunOptions.caller}. */
  readonly stdin: "inherit" | "null" | "piped";
  /**
   * A session and process group of its own: its signals reach all that it starts, and it has no controlling terminal to
   * read from or to write to around the mask.
   */
  readonly ownGroup: boolean;
}

/** A child that runs, however it was started. */
export interface StartedChild {
  readonly pid: number;
  readonly status: Promise<{ readonly code: number; readonly signal: string | null }>;
  readonly stdin: WritableStream<Uint8Array<ArrayBuffer>>;
  readonly stdout: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly stderr: ReadableStream<Uint8Array<ArrayBuffer>>;
  kill(signal: Deno.Signal): void;
}

/** How a child ended. */
export interface ChildEnd {
  /** The child's own, or 128+n for signal n; 125 where it was cancelled before it started. */
  readonly exitCode: number;
  /** The signal that ended it, such as `SIGTERM`. */
  readonly signal: string | null;
  readonly timedOut: boolean;
  readonly cancelled: boolean;
  /** How many places were masked in both streams. */
  readonly maskedCount: number;
}

/** Where masked bytes go. A write that is not resolved holds back that stream of the child. */
export interface OutputSink {
  write(which: "stdout" | "stderr", bytes: Uint8Array): Promise<void>;
}

/** What gives a fresh mask for each stream (`Masker` of `mask/`). */
export interface MaskSource {
  stream(): StreamMask;
}

/** Options of {@link runRaw}. */
export interface RunOptions {
  /** Ends the child after this time, in milliseconds. */
  readonly timeoutMs: number | null;
  /** Ends the child when it aborts. */
  readonly abort?: AbortSignal;
  /** Takes SIGINT, SIGTERM, SIGHUP and SIGQUIT while the child lives, see `forward.ts`. */
  readonly forwardSignals: boolean;
  /** Whether the terminal delivers its signals to the child itself; found out where it is not said. */
  readonly terminal?: boolean;
  readonly onSpawned?: (pid: number) => void;
  /** From TERM to KILL, in milliseconds (5,000). */
  readonly graceMs?: number;
}

/** Options of {@link runMasked}. */
export interface MaskedRunOptions extends RunOptions {
  /** Silence after which the mask is told that the child pauses, in milliseconds (40). */
  readonly pauseMs?: number;
  /** Whoever asked, where its stdio is not this process's own: its signals count, and `stdin: "piped"` is its stdin. */
  readonly caller?: Caller;
  /** Starts the child in another way than the platform's: on a pseudo-terminal (`terminal_child.ts`). */
  readonly start?: (spec: ChildSpec) => StartedChild;
  /** Starts what gets a group of its own in a tenth of the time; see `native_child.ts`. */
  readonly native?: TerminalPowers;
  /** After the child's end, with the pipe still held by another process: silence that ends the reading (250). */
  readonly drainSilenceMs?: number;
  /** The same: the waiting in all (3,000). */
  readonly drainTotalMs?: number;
}

const GRACE_MS = 5000;

/**
 * Runs a child with both outputs masked, each in its own order. Resolves when it has ended and its output is written;
 * a process that it leaves behind with the pipe open is not waited for (its later output is lost, and it meets a
 * closed pipe).
 *
 * @param mask gives one mask for each stream
 * @param sink takes the masked bytes, borrowed until its promise resolves
 * @throws OvError `run/not-found`, `run/not-executable`, `run/failed`, `policy/not-baked` where the child does not start;
 * `io/no-space` or `io/failed` where the sink fails, after the child was ended
 */
export async function runMasked(
  spec: ChildSpec,
  mask: MaskSource,
  sink: OutputSink,
  o: MaskedRunOptions,
): Promise<ChildEnd> {
  return await run(spec, "piped", o, async (child, ending) => {
    const options: PumpOptions = {
      pauseMs: o.pauseMs ?? 40,
      ended: child.status,
      drainSilenceMs: o.drainSilenceMs ?? 250,
      drainTotalMs: o.drainTotalMs ?? 3000,
    };
    const pumps = (["stdout", "stderr"] as const).map((which) =>
      pump(child[which], mask.stream(), (bytes) => sink.write(which, bytes), options, () => ending.begin())
    );
    const ends = await Promise.all(pumps);
    for (const { sinkError } of ends) if (sinkError !== null) throw sinkFailure(sinkError);
    return ends.reduce((sum, end) => sum + end.maskedCount, 0);
  });
}

/**
 * Runs a child on our own stdout and stderr, with nothing masked. Only after the typed password (DESIGN §5).
 *
 * @throws OvError as {@link runMasked}, where the child does not start
 */
export async function runRaw(spec: ChildSpec, o: RunOptions): Promise<ChildEnd> {
  return await run(spec, "inherit", o, () => Promise.resolve(0));
}

async function run(
  spec: ChildSpec,
  output: "piped" | "inherit",
  o: MaskedRunOptions,
  attend: (child: StartedChild, ending: Ending) => Promise<number>,
): Promise<ChildEnd> {
  if (o.abort?.aborted) return { exitCode: 125, signal: null, timedOut: false, cancelled: true, maskedCount: 0 };
  let ending: Ending | null = null;
  const terminalDelivers = !spec.ownGroup && (o.terminal ?? onTerminal());
  // Listening begins before the child exists: a signal in between must not end ov and leave the child alone.
  const early: Deno.Signal[] = [];
  const target = { send: (signal: Deno.Signal) => ending === null ? void early.push(signal) : ending.send(signal) };
  const forwarder = new Forwarder(target, { terminalDelivers, windowMs: INTERRUPT_WINDOW_MS });
  const stop = o.caller !== undefined
    ? o.caller.onSignal((signal) => forwarder.receive(signal, performance.now()))
    : o.forwardSignals
    ? listen(forwarder)
    : () => {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort: (() => void) | undefined;
  try {
    const child = await spawn(spec, output, o);
    ending = new Ending(child, { group: spec.ownGroup, graceMs: o.graceMs ?? GRACE_MS });
    for (const signal of early) ending.send(signal);
    o.onSpawned?.(child.pid);
    let alive = true;
    let timedOut = false;
    let cancelled = false;
    const end = (mark: () => void) => {
      if (!alive || ending!.begun) return;
      mark();
      ending!.begin();
    };
    if (o.timeoutMs !== null) timer = setTimeout(() => end(() => timedOut = true), o.timeoutMs);
    onAbort = () => end(() => cancelled = true);
    o.abort?.addEventListener("abort", onAbort, { once: true });
    if (o.abort?.aborted) onAbort();

    if (o.caller !== undefined) {
      o.caller.started(child.pid, o.start !== undefined);
      if (spec.stdin === "piped") void feed(child.stdin, o.caller);
    }
    const attended = attend(child, ending);
    // A failing sink is reported when the child is gone, not as an unhandled rejection before.
    attended.catch(() => {});
    const status = await child.status;
    alive = false;
    await ending.childGone();
    const maskedCount = await attended;
    o.caller?.ended();
    return { exitCode: status.code, signal: status.signal, timedOut, cancelled, maskedCount };
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) o.abort?.removeEventListener("abort", onAbort);
    stop();
  }
}

/** Moves the caller's stdin into the child until either ends. */
async function feed(stdin: WritableStream<Uint8Array<ArrayBuffer>>, caller: Caller): Promise<void> {
  const writer = stdin.getWriter();
  try {
    for (let bytes = await caller.read(); bytes !== null; bytes = await caller.read()) await writer.write(bytes);
    await writer.close();
  } catch {
    // The child reads no more.
    await writer.abort().catch(() => {});
  }
}

async function spawn(
  spec: ChildSpec,
  output: "piped" | "inherit",
  { start, native }: MaskedRunOptions,
): Promise<StartedChild> {
  try {
    if (start !== undefined) return start(spec);
    if (spec.ownGroup && native !== undefined) return startInSession(spec, native);
    return new Deno.Command(spec.program, {
      args: [...spec.args],
      cwd: spec.workDir,
      // clearEnv: what Deno itself was started with must not come back by the side.
      clearEnv: true,
      env: { ...spec.environment },
      stdin: spec.stdin,
      stdout: output,
      stderr: output,
      detached: spec.ownGroup,
    }).spawn();
  } catch (error) {
    throw await spawnFailure(spec, error);
  }
}

/** The reason why a child did not start. The message of the platform's error stays behind: it is not ours. */
async function spawnFailure(spec: ChildSpec, cause: unknown): Promise<OvError> {
  const name = JSON.stringify(spec.program);
  const code = (cause as { code?: string }).code;
  if (cause instanceof Deno.errors.NotCapable) {
    return new OvError("policy/not-baked", `Cannot run ${name}: this ov may not start it`, {
      hint: "It was built or started with a list of programs (and then passes on no LD_* variable); see ov status.",
      cause,
    });
  }
  if (!await isDirectory(spec.workDir)) {
    return new OvError("run/failed", "Cannot run: the working directory does not exist or cannot be entered", {
      cause,
    });
  }
  if (cause instanceof Deno.errors.NotFound || code === "ENOENT") {
    return new OvError("run/not-found", `Cannot run ${name}: the file, or the interpreter in its #! line, is missing`, {
      cause,
    });
  }
  if (cause instanceof Deno.errors.PermissionDenied || code === "ENOEXEC" || code === "EACCES") {
    return new OvError("run/not-executable", `Cannot run ${name}: the platform refuses to execute it`, { cause });
  }
  if (code === "E2BIG") {
    return new OvError("run/failed", `Cannot run ${name}: arguments and environment are too long for the platform`, {
      hint: "A single variable can hold 128 KiB on Linux; inject fewer or shorter secrets.",
      cause,
    });
  }
  if (code === "EINVAL") {
    return new OvError("usage/invalid", `Cannot run ${name}: an argument holds a NUL byte`, { cause });
  }
  return new OvError("run/failed", `Cannot run ${name}: the platform could not start it`, { cause });
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isDirectory;
  } catch {
    return false;
  }
}

function sinkFailure(cause: unknown): OvError {
  if (cause instanceof OvError) return cause;
  if ((cause as { code?: string }).code === "ENOSPC") {
    return new OvError("io/no-space", "Cannot write the output: no space left", { cause });
  }
  return new OvError("io/failed", "Cannot write the output: the write failed", { cause });
}
