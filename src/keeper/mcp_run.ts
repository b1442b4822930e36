/** A run for an agent, once it is allowed: what comes out of it, and what is remembered of it. */
import { quoteCommand, type Secret } from "../base/mod.ts";
import { CappedOutput } from "../run/mod.ts";
import type { Door } from "./door.ts";
import { type PreparedRun, startRun } from "./execution.ts";
import { MEMORY_PREFIX } from "./grant_store.ts";
import type { McpSession } from "./mcp_session.ts";
import type { RunOutput } from "./protocol.ts";
import type { CallContext } from "./service.ts";
import type { VaultSession } from "./vault_session.ts";

/** Masked output that is kept of each stream (DESIGN §7). */
const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** Commands that `vault_status` tells of. */
const MAX_ALLOWED = 100;

/** What is run, and for whom. */
export interface AgentRun {
  readonly run: PreparedRun;
  /** Why it is allowed. */
  readonly reason: string;
  readonly timeoutMs: number;
  readonly call: CallContext;
  /** Every value of the env; borrowed. */
  readonly everything: readonly Secret[];
}

/**
 * Runs for an agent: output is masked, kept up to a limit, and watched for pieces over the session's calls.
 * @throws OvError as `startRun`; where pieces can not be recorded, that: the output is not handed out then
 */
export async function runForAgent(
  door: Door,
  vault: VaultSession,
  session: McpSession,
  { run, reason, timeoutMs, call, everything }: AgentRun,
): Promise<RunOutput> {
  const outputs = { stdout: new CappedOutput(OUTPUT_LIMIT_BYTES), stderr: new CappedOutput(OUTPUT_LIMIT_BYTES) };
  const startedAt = door.parts.now();
  let outputBytes = 0;
  const ticker = setInterval(
    () => call.progress({ elapsedMs: door.parts.now() - startedAt, outputBytes }),
    1000,
  );
  try {
    const end = await startRun(door, vault, run, {
      raw: false,
      timeoutMs,
      abort: call.signal,
      alsoWatch: everything,
      reason,
      sink: {
        write: (which, bytes) => {
          outputBytes += bytes.byteLength;
          outputs[which].write(bytes);
          return Promise.resolve();
        },
      },
    });
    const [stdout, stderr] = [outputs.stdout.finish(), outputs.stderr.finish()];
    const watched = session.pieces.watch(everything, [stdout.text, stderr.text]);
    if (watched.names.length > 0) await recordPieces(vault, run, watched.names);
    const maskedCount = end.maskedCount + watched.maskedCount;
    session.counts.runs++;
    session.counts.masked += maskedCount;
    remember(session, run, reason);
    return {
      exitCode: end.exitCode,
      signal: end.signal,
      stdout: watched.outputs[0]!,
      stderr: watched.outputs[1]!,
      secretsInjected: run.request.secrets,
      maskedCount,
      timedOut: end.timedOut,
      cancelled: end.cancelled,
      truncated: stdout.truncated || stderr.truncated,
      warnings: run.warnings.map((warning) => warning.text),
    };
  } finally {
    clearInterval(ticker);
  }
}

/** One line for each command that was allowed, however often it ran. */
function remember({ allowed }: McpSession, run: PreparedRun, reason: string): void {
  const line = `${quoteCommand(run.wanted.argv)} with ${run.request.secrets.join(", ") || "no secret"}`;
  if (allowed.has(line) || allowed.size < MAX_ALLOWED) {
    allowed.set(line, { runs: (allowed.get(line)?.runs ?? 0) + 1, reason: shortReason(reason) });
  }
}

/** An id in its first characters; one of this session has none that would mean anything. */
function shortReason(reason: string): string {
  if (reason.startsWith(`grant ${MEMORY_PREFIX}`)) return "allowed by the user for this session";
  return reason.replace(/^grant ([0-9a-f]{8})[0-9a-f]+$/, "grant $1");
}

/** Without this entry the output is not handed out. */
async function recordPieces(vault: VaultSession, { request }: PreparedRun, secrets: readonly string[]): Promise<void> {
  const { app, env, program } = request;
  await vault.appendAudit({ action: "pieces", origin: "agent", app, env, secrets, program });
}
