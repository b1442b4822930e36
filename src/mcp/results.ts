import { OvError } from "../base/mod.ts";
import type { Result, RunOutput, SessionStatus } from "../keeper/protocol.ts";

/** What a tool hands back when all went well: the structured result, and a line for the model where that helps. */
export interface ToolResult {
  readonly structured: Readonly<Record<string, unknown>>;
  readonly note?: string;
}

/** A result as the protocol wants it: structured, and the same as text for clients that read no other. */
export interface CallResult {
  content: { type: "text"; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: true;
  [key: string]: unknown;
}

/** The protocol's form of `result`. */
export function toCallResult(result: ToolResult): CallResult {
  const content: CallResult["content"] = [{ type: "text", text: JSON.stringify(result.structured) }];
  if (result.note !== undefined) content.push({ type: "text", text: result.note });
  return { content, structuredContent: { ...result.structured } };
}

/** A tool error: one line of JSON with a stable code. What the error was caused by stays here. */
export function toErrorResult(error: unknown): CallResult {
  const { code, message, hint } = OvError.from(error).toWire();
  const text = JSON.stringify({ error: { code, message, ...(hint === undefined ? {} : { hint }) } });
  return { content: [{ type: "text", text }], isError: true };
}

/** Result of `vault_run`. A command that fails is a result, not an error. */
export function runResult(run: RunOutput): ToolResult {
  const names = run.secretsInjected.join(", ");
  const notes = [names === "" ? "No secret was in its environment." : `Secrets in its environment: ${names}.`];
  if (run.maskedCount > 0) notes.push(`Places of the output that are masked as [ov:NAME]: ${run.maskedCount}.`);
  return {
    structured: {
      exit_code: run.exitCode,
      ...(run.signal === null ? {} : { signal: run.signal }),
      stdout: run.stdout,
      stderr: run.stderr,
      secrets_injected: run.secretsInjected,
      masked_count: run.maskedCount,
      timed_out: run.timedOut,
      truncated: run.truncated,
      ...(run.warnings.length === 0 ? {} : { warnings: run.warnings }),
    },
    note: notes.join(" "),
  };
}

/**
 * Result of `vault_list_secrets`. That a secret is a canary is not said: it is there to be fallen for. Nor is its size,
 * which would help to guess it.
 */
export function listResult(list: Result<"mcp.list">): ToolResult {
  const secrets = list.secrets.filter((secret) => secret.deletedAt === null).map((secret) => ({
    name: secret.name,
    version: secret.version,
    created_at: isoTime(secret.createdAt),
    updated_at: isoTime(secret.updatedAt),
    maskable: secret.maskable,
    grants: secret.grants,
  }));
  return { structured: { app: list.context.app, env: list.context.env, secrets } };
}

/** Result of `vault_status`. */
export function statusResult(status: SessionStatus, interceptedHere: number): ToolResult {
  const { context } = status;
  return {
    structured: {
      unlocked: status.unlocked,
      authorized: status.authorized,
      app: context.app,
      env: context.env,
      app_from: context.appFrom,
      env_from: context.envFrom,
      ...(context.projectFile === null ? {} : { project_file: context.projectFile }),
      project_secrets: context.secrets,
      ...(status.mode === null ? {} : { mode: status.mode }),
      session_age_seconds: Math.floor(status.sessionAgeSeconds),
      runs: status.runs,
      denied: status.denied,
      ...(status.interceptor == null ? {} : { interceptor: status.interceptor }),
      intercepted: status.intercepted + interceptedHere,
      ...(status.warned === undefined ? {} : { warned: status.warned }),
      masked: status.masked,
      allowed: status.allowed,
    },
  };
}

/** Milliseconds since the epoch as ISO 8601. */
export function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
