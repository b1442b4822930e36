/** A keeper without a vault: answers `mcp.*` from plain data and remembers every call. */
import { OvError } from "../../src/base/mod.ts";
import type { CallOptions, Keeper } from "../../src/keeper/client.ts";
import type {
  Consent,
  ConsentAnswer,
  MayAsk,
  Operation,
  Params,
  Result,
  RunOutput,
  SecretView,
  SessionStatus,
} from "../../src/keeper/protocol.ts";

/** What a test may change. */
export interface FakeOptions {
  /** Whether commands are asked about. */
  asks?: boolean;
  /** Whether a new secret needs a page. */
  opens?: boolean;
  /** What is asked; `FAKE_CONSENT` otherwise. */
  consent?: Partial<Consent>;
  /** Thrown by the operation of that name. */
  errors?: Partial<Record<Operation, OvError>>;
  /** Whether the policy lets calls through that hold a secret. */
  letsThrough?: boolean;
  /** Result of a run. */
  output?: Partial<RunOutput>;
  /** A run that lasts until it is cancelled, reporting progress so many times first, and then takes so long to end. */
  untilCancelled?: { reports: number; lingersMs?: number };
  /** Called when a cancelled run has ended. */
  onEnded?: () => void;
}

/** One call, as the keeper saw it. */
export interface SeenCall {
  readonly op: Operation;
  readonly params: unknown;
}

/** The consent that the fake asks for. */
export const FAKE_CONSENT: Consent = {
  action: "run",
  app: "my-worker",
  env: "development",
  secrets: ["STRIPE_SECRET_KEY"],
  program: "/usr/bin/node",
  argv: ["node", "scripts/test-stripe-webhook.js"],
  workDir: "/home/dev/my-worker",
  pins: [{ path: "/home/dev/my-worker/scripts/test-stripe-webhook.js", sha256: "ab".repeat(32) }],
  warnings: ["The program can print the secret in a form that is not masked."],
  choices: ["once", "session", "always"],
};

const CONTEXT = {
  app: "my-worker",
  env: "development",
  appFrom: "project file",
  envFrom: "default",
  projectFile: "/home/dev/my-worker/.ov.yaml",
  secrets: ["STRIPE_SECRET_KEY"],
} as const;

const SECRETS: (SecretView & { grants: string[] })[] = [
  {
    name: "STRIPE_SECRET_KEY",
    version: 2,
    createdAt: Date.UTC(2026, 0, 1),
    updatedAt: Date.UTC(2026, 0, 2, 3, 4, 5),
    deletedAt: null,
    sizeBytes: 42,
    canary: false,
    maskable: true,
    grants: ["node scripts/test-stripe-webhook.js (always)"],
  },
  {
    name: "OLD_ADMIN_TOKEN",
    version: 1,
    createdAt: Date.UTC(2026, 0, 1),
    updatedAt: Date.UTC(2026, 0, 1),
    deletedAt: null,
    sizeBytes: 43,
    canary: true,
    maskable: false,
    grants: [],
  },
  {
    name: "GONE",
    version: 1,
    createdAt: Date.UTC(2026, 0, 1),
    updatedAt: Date.UTC(2026, 0, 1),
    deletedAt: Date.UTC(2026, 0, 3),
    sizeBytes: 44,
    canary: false,
    maskable: true,
    grants: [],
  },
];

const STATUS: SessionStatus = {
  unlocked: true,
  authorized: true,
  context: CONTEXT,
  mode: "ask",
  sessionAgeSeconds: 12.7,
  runs: 3,
  denied: 1,
  intercepted: 2,
  warned: 1,
  interceptor: "block",
  masked: 4,
  allowed: ["node scripts/test-stripe-webhook.js (session)"],
};

/** See {@link FakeOptions}. A decision of `deny` is refused; a state is taken once, for the same parameters. */
export class FakeKeeper implements Keeper {
  readonly calls: SeenCall[] = [];
  readonly options: FakeOptions;
  #states = new Map<string, string>();

  constructor(options: FakeOptions = {}) {
    this.options = options;
  }

  /** Parameters of the calls of one operation, in order. */
  paramsOf<O extends Operation>(op: O): Params<O>[] {
    return this.calls.filter((call) => call.op === op).map((call) => call.params as Params<O>);
  }

  async call<O extends Operation>(op: O, params: Params<O>, options: CallOptions = {}): Promise<Result<O>> {
    this.calls.push({ op, params: structuredClone(params) });
    const error = this.options.errors?.[op];
    if (error !== undefined) throw error;
    return await this.#answer(op, params, options) as Result<O>;
  }

  async #answer(op: Operation, params: Params<Operation>, options: CallOptions): Promise<unknown> {
    switch (op) {
      case "mcp.open":
        return { sessionId: "fake" };
      case "mcp.status":
        return STATUS;
      case "mcp.intercepted":
        return { refuse: this.options.letsThrough !== true };
      case "mcp.list":
        return { context: CONTEXT, secrets: SECRETS };
      case "mcp.exists":
        return {
          context: CONTEXT,
          exists: SECRETS.some((secret) => secret.name === (params as Params<"mcp.exists">).name),
        };
      case "mcp.create":
        return this.#mayOpen(params as Params<"mcp.create">);
      case "mcp.update":
        return this.#mayAsk(params as Params<"mcp.update">, { action: "update" }, () => ({ version: 3 }));
      case "mcp.delete":
        return this.#mayAsk(params as Params<"mcp.delete">, { action: "delete" }, () => ({
          recoverableUntil: Date.UTC(2026, 1, 1),
        }));
      case "mcp.run": {
        const run = params as Params<"mcp.run">;
        if (this.options.asks && !run.canAsk) {
          throw new OvError("policy/approval-required", "Cannot run the command: it has not been approved", {
            hint: "Run in a terminal: ov approve 7f3a",
          });
        }
        return await this.#mayAsk(run, {}, () => this.#run(run, options));
      }
      default:
        throw new TypeError(`The fake keeper has no ${op}`);
    }
  }

  /** A page first, where the client can open one. */
  #mayOpen({ peer, opened }: Params<"mcp.create">): MayAsk<{ version: number }> {
    if (!this.options.opens || peer?.canOpen !== true) return { kind: "done", value: { version: 1 } };
    if (opened === undefined) {
      return { kind: "open", id: "page-1", address: "http://127.0.0.1:1/open/abc", message: "Enter the value of NEW" };
    }
    if (opened.id !== "page-1" || opened.declined) {
      throw new OvError("policy/denied", "Refused: the user said no");
    }
    return { kind: "done", value: { version: 1 } };
  }

  async #mayAsk<T>(
    params: { answer?: ConsentAnswer },
    consent: Partial<Consent>,
    value: () => T | Promise<T>,
  ): Promise<MayAsk<T>> {
    const { answer, ...rest } = params;
    const bound = JSON.stringify(rest);
    if (!this.options.asks) return { kind: "done", value: await value() };
    if (answer === undefined) {
      const state = `state-${this.#states.size + 1}`;
      this.#states.set(state, bound);
      return { kind: "consent", consent: { ...FAKE_CONSENT, ...consent, ...this.options.consent }, state };
    }
    if (this.#states.get(answer.state) !== bound) {
      throw new OvError("policy/denied", "Cannot run the command: the answer belongs to another question");
    }
    this.#states.delete(answer.state);
    if (answer.decision === "deny") throw new OvError("policy/denied", "Cannot run the command: the user refused");
    return { kind: "done", value: await value() };
  }

  async #run(run: Params<"mcp.run">, options: CallOptions): Promise<RunOutput> {
    const output: RunOutput = {
      exitCode: 0,
      signal: null,
      stdout: "Webhook verified with [ov:STRIPE_SECRET_KEY]\n",
      stderr: "",
      secretsInjected: run.secrets,
      maskedCount: 1,
      timedOut: false,
      cancelled: false,
      truncated: false,
      warnings: [],
      ...this.options.output,
    };
    const { untilCancelled } = this.options;
    if (untilCancelled === undefined) return output;
    for (let i = 1; i <= untilCancelled.reports; i++) {
      options.onProgress?.({ elapsedMs: i * 1_000, outputBytes: i * 10 });
    }
    if (!options.signal?.aborted) {
      await new Promise((resolve) => options.signal?.addEventListener("abort", resolve, { once: true }));
    }
    const { lingersMs } = untilCancelled;
    if (lingersMs !== undefined) await new Promise((resolve) => setTimeout(resolve, lingersMs));
    this.calls.push({ op: "mcp.run", params: "cancelled" });
    this.options.onEnded?.();
    return { ...output, exitCode: 143, signal: "SIGTERM", cancelled: true };
  }
}
