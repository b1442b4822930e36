/** A keeper that answers from a table and remembers what it was asked, and a terminal that is a pair of strings. */
import type { ErrorCode } from "../../src/base/mod.ts";
import { OvError } from "../../src/base/mod.ts";
import type { Choice, Io } from "../../src/cli/io.ts";
import { runCli } from "../../src/cli/mod.ts";
import type { Keeper } from "../../src/keeper/client.ts";
import type { Context, Operation, Operations, Params, Result } from "../../src/keeper/protocol.ts";

/** Noon of 1 March 2026, UTC: the fake terminal's clock. */
export const NOW = Date.UTC(2026, 2, 1, 12);
export const MINUTE = 60_000;
export const DAY = 86_400_000;

export const CONTEXT: Context = {
  app: "shop",
  env: "development",
  appFrom: "project file",
  envFrom: "default",
  projectFile: "/home/dev/shop/.ov.yaml",
  secrets: ["STRIPE_SECRET_KEY"],
};

type Answers = {
  [O in Operation]?: Operations[O]["result"] | ((params: Operations[O]["params"]) => Operations[O]["result"]);
};

export class FakeKeeper implements Keeper {
  readonly calls: { op: Operation; params: unknown }[] = [];
  readonly #answers: Answers;

  constructor(answers: Answers) {
    this.#answers = { configure: { context: CONTEXT }, ...answers };
  }

  call<O extends Operation>(op: O, params: Params<O>): Promise<Result<O>> {
    this.calls.push({ op, params });
    // The table's type ties each answer to its operation; here they only pass through.
    const answer = (this.#answers as Record<string, unknown>)[op];
    if (answer === undefined) return Promise.reject(new Error(`fake keeper has no answer for ${op}`));
    try {
      return Promise.resolve((typeof answer === "function" ? answer(params) : answer) as Result<O>);
    } catch (error) {
      return Promise.reject(error);
    }
  }
}

/** What the person at the fake terminal answers, in order: a boolean, the labels to tick, or the label to choose. */
export type Reply = boolean | readonly string[] | string;

export class FakeIo implements Io {
  stdout = "";
  stderr = "";
  readonly questions: { question: string; labels: readonly string[]; checked: readonly string[] }[] = [];
  readonly stdoutIsTerminal: boolean;
  readonly canAsk: boolean;
  readonly columns: number;
  readonly color: { stdout: boolean; stderr: boolean };
  /** What Enter alone would have answered to each question of yes or no. */
  readonly presets: boolean[] = [];
  readonly #replies: Reply[];

  constructor(o: { terminal?: boolean; replies?: readonly Reply[]; columns?: number; color?: boolean } = {}) {
    this.stdoutIsTerminal = this.canAsk = o.terminal ?? false;
    this.columns = o.columns ?? 80;
    this.color = { stdout: o.color ?? false, stderr: o.color ?? false };
    this.#replies = [...(o.replies ?? [])];
  }

  now(): number {
    return NOW;
  }

  out(text: string): Promise<void> {
    this.stdout += text;
    return Promise.resolve();
  }

  err(text: string): Promise<void> {
    this.stderr += text;
    return Promise.resolve();
  }

  confirm(question: string, preset: boolean): Promise<boolean> {
    this.presets.push(preset);
    return Promise.resolve(this.#reply(question, []) as boolean);
  }

  choose<T>(question: string, choices: readonly Choice<T>[]): Promise<T> {
    const label = this.#reply(question, choices);
    const found = choices.find((choice) => choice.label.includes(label as string));
    if (found === undefined) throw new Error(`no choice "${label}"`);
    return Promise.resolve(found.value);
  }

  tick<T>(question: string, choices: readonly Choice<T>[]): Promise<readonly T[]> {
    const labels = this.#reply(question, choices) as readonly string[];
    return Promise.resolve(
      choices.filter((choice) => labels.some((label) => choice.label.includes(label))).map((choice) => choice.value),
    );
  }

  #reply(question: string, choices: readonly Choice<unknown>[]): Reply {
    this.questions.push({
      question,
      labels: choices.map((choice) => choice.label),
      checked: choices.filter((choice) => choice.checked === true).map((choice) => choice.label),
    });
    const reply = this.#replies.shift();
    if (reply === undefined) throw new OvError("io/interrupted", "Question: interrupted, nothing was changed");
    return reply;
  }
}

export interface Ran {
  status: number;
  out: string;
  err: string;
  io: FakeIo;
  calls: readonly { op: Operation; params: unknown }[];
  /** Parameters of the last call of `op`. */
  params(op: Operation): unknown;
  /** stdout as JSON. */
  json(): unknown;
}

/** Runs one command line against the fakes. */
export async function ov(
  argv: readonly string[],
  answers: Answers = {},
  o: ConstructorParameters<typeof FakeIo>[0] & { environment?: Record<string, string> } = {},
): Promise<Ran> {
  const io = new FakeIo(o);
  const keeper = new FakeKeeper(answers);
  const status = await runCli({ argv, keeper, version: "1.2.3", environment: o.environment ?? {}, io });
  return {
    status,
    out: io.stdout,
    err: io.stderr,
    io,
    calls: keeper.calls,
    params: (op) => keeper.calls.findLast((call) => call.op === op)?.params,
    json: () => JSON.parse(io.stdout),
  };
}

/** An answer that fails. */
export function failing(code: ErrorCode, message: string, hint?: string): () => never {
  return () => {
    throw new OvError(code, message, hint === undefined ? {} : { hint });
  };
}
