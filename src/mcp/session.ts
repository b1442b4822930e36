import { OvError } from "../base/mod.ts";
import type { CallOptions, Keeper } from "../keeper/client.ts";
import type { Consent, ConsentAnswer, Generate, MayAsk, PageOpened, Progress, ToolParams } from "../keeper/protocol.ts";
import { intercept, type Intercepted, refusedFor } from "./interceptor.ts";
import { isoTime, listResult, runResult, statusResult, type ToolResult } from "./results.ts";
import { parseArguments } from "./schema.ts";
import type { Tool } from "./tools.ts";

/** One call of a tool, whichever era it came in. */
export interface ToolCall {
  readonly tool: Tool;
  /** As they came. */
  readonly args: Readonly<Record<string, unknown>>;
  /** Whether the client can show a form to its user. */
  readonly canAsk: boolean;
  /** Whether the client can have its user open an address. */
  readonly canOpen: boolean;
  /** What the client calls itself. It proves nothing; it is shown beside a request that waits for `ov approve`. */
  readonly client: string;
  /** What the user answered to the question that this very call led to before. */
  readonly answer?: ConsentAnswer;
  /** What the user said to opening the page that this very call led to before. */
  readonly opened?: PageOpened;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** A call is done, or somebody has to be asked first. */
export type ToolOutcome =
  | { readonly kind: "done"; readonly result: ToolResult }
  | { readonly kind: "ask"; readonly consent: Consent; readonly state: string }
  | { readonly kind: "open"; readonly id: string; readonly address: string; readonly message: string };

interface RunArguments {
  readonly command: readonly string[];
  readonly secrets: readonly string[];
  readonly work_dir?: string;
  readonly timeout_seconds: number;
}

interface NameArguments {
  readonly name: string;
  readonly generate?: Generate;
}

/** What one connection does with the keeper. Knows nothing of the SDK, nor of eras. */
export class McpSession {
  readonly #keeper: Keeper;
  readonly #authorize: boolean;
  readonly #running = new Set<Promise<unknown>>();
  #opened: Promise<unknown> | undefined;
  #intercepted = 0;

  constructor(keeper: Keeper, options: { authorize: boolean }) {
    this.#keeper = keeper;
    this.#authorize = options.authorize;
  }

  /**
   * Begins the keeper's session, in the background: unlocking takes longer than some clients wait for a handshake, and
   * tools can be listed without it. Where it fails, each call says why; without `authorize`, which would ask on the
   * terminal a second time, the next call tries again.
   */
  open(): void {
    this.#opening().catch(() => {});
  }

  /**
   * One call.
   * @throws OvError the keeper's, or `usage/invalid`, `policy/intercepted` and `policy/approval-required` of its own
   */
  call(call: ToolCall): Promise<ToolOutcome> {
    const running = this.#call(call);
    this.#running.add(running);
    const forget = () => this.#running.delete(running);
    running.then(forget, forget);
    return running;
  }

  /** Resolves when no call is running: a command that was cancelled has ended by then. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async #call(call: ToolCall): Promise<ToolOutcome> {
    const { tool } = call;
    const found = intercept(tool, call.args);
    if (found !== null && await this.#isRefused(tool, found)) throw refusedFor(tool, found);
    const args: unknown = parseArguments(tool.name, tool.inputSchema, call.args);
    await this.#opening();
    return await this.#dispatch(call, args);
  }

  /** The keeper counts and records what was found, and says what the policy makes of it; without its word, refused. */
  async #isRefused(tool: Tool, found: Intercepted): Promise<boolean> {
    try {
      await this.#opening();
      return (await this.#keeper.call("mcp.intercepted", { tool: tool.name, ...found })).refuse;
    } catch {
      this.#intercepted++;
      return true;
    }
  }

  async #dispatch(call: ToolCall, args: unknown): Promise<ToolOutcome> {
    const keeper = this.#keeper;
    const { signal } = call;
    const answer = call.answer === undefined ? {} : { answer: call.answer };
    const peer = toolParams(call);
    switch (call.tool.name) {
      case "vault_run":
        return await this.#run(call, args as RunArguments, answer);
      case "vault_list_secrets":
        return done(listResult(await keeper.call("mcp.list", peer, { signal })));
      case "vault_secret_exists": {
        const { name } = args as NameArguments;
        const { exists, context } = await keeper.call("mcp.exists", { ...peer, name }, { signal });
        return done({ structured: { exists, app: context.app, env: context.env } });
      }
      case "vault_create_secret": {
        const { name, generate } = args as NameArguments;
        const params = { ...peer, name, generate: generate ?? null };
        return ask(call, await keeper.call("mcp.create", params, { signal }), ({ version }) => ({
          structured: { name, version },
        }));
      }
      case "vault_update_secret": {
        const { name, generate } = args as NameArguments;
        const params = { ...peer, name, generate: generate ?? null, ...answer };
        return ask(call, await keeper.call("mcp.update", params, { signal }), ({ version }) => ({
          structured: { name, version },
        }));
      }
      case "vault_delete_secret": {
        const { name } = args as NameArguments;
        return ask(
          call,
          await keeper.call("mcp.delete", { ...peer, name, ...answer }, { signal }),
          ({ recoverableUntil }) => ({
            structured: { name, recoverable_until: isoTime(recoverableUntil) },
          }),
        );
      }
      case "vault_status":
        return done(statusResult(await keeper.call("mcp.status", {}, { signal }), this.#intercepted));
    }
  }

  async #run(call: ToolCall, args: RunArguments, answer: { answer?: ConsentAnswer }): Promise<ToolOutcome> {
    const options: CallOptions = {
      signal: call.signal,
      ...(call.onProgress === undefined ? {} : { onProgress: call.onProgress }),
    };
    const outcome = await this.#keeper.call("mcp.run", {
      command: args.command,
      secrets: [...new Set(args.secrets)],
      workDir: args.work_dir ?? null,
      timeoutSeconds: args.timeout_seconds,
      client: call.client,
      canAsk: call.canAsk,
      ...toolParams(call),
      ...answer,
    }, options);
    return ask(call, outcome, runResult);
  }

  #opening(): Promise<unknown> {
    if (this.#opened !== undefined) return this.#opened;
    const opened = this.#keeper.call("mcp.open", { authorize: this.#authorize });
    this.#opened = opened;
    if (!this.#authorize) opened.catch(() => this.#opened = undefined);
    return opened;
  }
}

function toolParams({ client, canAsk, canOpen, opened }: ToolCall): ToolParams {
  return { peer: { client, canAsk, canOpen }, ...(opened === undefined ? {} : { opened }) };
}

function done(result: ToolResult): ToolOutcome {
  return { kind: "done", result };
}

function ask<T>(call: ToolCall, outcome: MayAsk<T>, toResult: (value: T) => ToolResult): ToolOutcome {
  if (outcome.kind === "done") return done(toResult(outcome.value));
  if (outcome.kind === "open") return outcome;
  if (call.canAsk) return { kind: "ask", consent: outcome.consent, state: outcome.state };
  throw approvalRequired(outcome.consent);
}

/** The error that holds the line to run, where nobody on this connection can be asked. */
function approvalRequired(consent: Consent): OvError {
  const { action, app, env, secrets: [name = ""] } = consent;
  const place = `--app ${app} --env ${env}`;
  const hints: Record<Consent["action"], string> = {
    run: "Run in a terminal: ov approve",
    delete: `Run in a terminal: ov secret rm ${name} ${place}`,
    update: `Run in a terminal: ov secret set ${name} ${place}`,
  };
  const what = { run: "run the command", delete: "delete the secret", update: "replace the secret's value" }[action];
  return new OvError(
    "policy/approval-required",
    `Cannot ${what}: the user has to approve it, and can not be asked here`,
    {
      hint: hints[action],
    },
  );
}
