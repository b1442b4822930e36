/**
 * `ov run` where the agent answers, and the command line is of the plainest kind: nothing of the command line's parser
 * and of the keeper is loaded, and no isolate is started. `main.ts` calls it before it does anything else; whatever is
 * not plain is left to the longer way, which takes every case. First-party code only, so the main thread may do here
 * what a keeper does: read the password from the terminal.
 */
import { isSecretName, OvError } from "../base/mod.ts";
import { Descriptors, openDescriptors } from "../keeper/descriptors.ts";
import { hardenProcess } from "../keeper/native.ts";
import { OwnCaller } from "../keeper/own_caller.ts";
import type { FromKeeper, Operation } from "../keeper/protocol.ts";
import { connectAgent, Relay } from "./client.ts";
import { agentPlace, mayBeServed } from "./place.ts";

/** As many as the keeper takes. */
const MAX_ARGUMENTS = 65_536;

/** A plain `ov run`. */
export interface PlainRun {
  /** Parameters of `configure`. */
  readonly options: Record<string, string | boolean>;
  readonly secrets: readonly string[] | null;
  readonly argv: readonly string[];
}

/** Options that take a value, and what they are called in `configure`. */
const VALUES: Readonly<Record<string, string>> = {
  "--app": "app",
  "--env": "env",
  "--password-file": "passwordFile",
};

/** Variables that bring another key than the agent's. */
const OTHER_KEYS: readonly string[] = ["OV_MACHINE_KEY", "OV_MACHINE_KEY_FILE"];

/**
 * The command line as a plain run.
 * @returns `null` where anything in it is not plain, be it wrong or only rare
 */
export function parsePlainRun(argv: readonly string[]): PlainRun | null {
  const options: Record<string, string | boolean> = {};
  let secrets: readonly string[] | null = null;
  let isRun = false;
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") return isRun ? plain(options, secrets, argv.slice(i + 1)) : null;
    if (!word.startsWith("-")) {
      if (isRun) return plain(options, secrets, argv.slice(i));
      if (word !== "run") return null;
      isRun = true;
      continue;
    }
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    if (word === "--non-interactive") {
      options["nonInteractive"] = true;
      continue;
    }
    if (!(Object.hasOwn(VALUES, name) || (isRun && name === "--secrets"))) return null;
    const value = equals < 0 ? argv[++i] : word.slice(equals + 1);
    if (value === undefined || value === "") return null;
    if (name !== "--secrets") options[VALUES[name]!] = value;
    else {
      const names: readonly string[] = value.split(",");
      if (!names.every(isSecretName) || new Set(names).size !== names.length) return null;
      secrets = names;
    }
  }
  return null;
}

function plain(options: PlainRun["options"], secrets: PlainRun["secrets"], argv: readonly string[]): PlainRun | null {
  return argv.length === 0 || argv.length > MAX_ARGUMENTS || argv[0] === "" ? null : { options, secrets, argv };
}

/** What `main.ts` knows. */
export interface QuickParts {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly vaultFolder: string;
  readonly configFolder: string;
  readonly cwd: string;
  readonly platform: string;
}

/**
 * Has the agent run the command.
 * @returns the exit status; `null` where this is not for it, and nothing has happened
 * @throws OvError as `ov run`
 */
export async function quickRun(parts: QuickParts): Promise<number | null> {
  const place = agentPlace(parts.vaultFolder);
  const run = parsePlainRun(parts.argv);
  if (run === null || OTHER_KEYS.some((name) => (parts.environment[name] ?? "") !== "")) return null;
  if (!mayBeServed(place)) return null;
  const descriptors = openDescriptors(parts.platform);
  const uid = Deno.uid();
  if (descriptors === null || uid === null) return null;
  const relay = await openRelay(parts, descriptors, place, uid);
  if (relay === null) return null;
  // From here on this process is the agent's client and nothing else.
  hardenProcess(parts.platform);
  await relay.call("configure", run.options);
  const end = await relay.call("run", { argv: run.argv, secrets: run.secrets, raw: false, timeoutMs: null });
  return (end as { exitCode: number }).exitCode;
}

async function openRelay(
  { configFolder, cwd, environment, platform }: QuickParts,
  descriptors: Descriptors,
  place: ReturnType<typeof agentPlace>,
  uid: number,
): Promise<{ call(op: Operation, params: unknown): Promise<unknown> } | null> {
  const channel = await connectAgent(descriptors, place, uid);
  if (channel === null) return null;
  const own = new OwnCaller();
  const terminal = async () => {
    const { SystemTerminal } = await import("../keeper/terminal.ts");
    return new SystemTerminal(platform);
  };
  let waiting: PromiseWithResolvers<unknown> | null = null;
  const relay = await Relay.open(channel, {
    command: "run",
    configFolder,
    cwd,
    environment,
    terminal: own.terminal,
    page: false,
  }, {
    own,
    page: null,
    readHidden: async (prompt) => await (await terminal()).readHidden(prompt, "password"),
    show: (text) => void terminal().then((screen) => screen.show(text)),
    send: (message: FromKeeper) => {
      if (message.t === "result") waiting?.resolve(message.value);
      else if (message.t === "error") waiting?.reject(OvError.fromWire(message.error));
    },
  });
  if (relay === null) return null;
  let id = 1;
  return {
    call(op, params) {
      waiting = Promise.withResolvers<unknown>();
      relay.receive({ t: "call", id: id++, op, params });
      return waiting.promise;
    },
  };
}
