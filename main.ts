/**
 * `ov`: decides which isolates the command needs, starts them with their own narrow permissions, gives up every
 * permission of the main thread, and only then loads the command line and with it the npm packages (DESIGN §2).
 */
import deno from "./deno.json" with { type: "json" };
import { locate, OvError, serviceFolder } from "./src/base/mod.ts";
import { scanArgv } from "./src/cli/argv.ts";
import { reportError } from "./src/cli/exit.ts";
import { asksForHelp, commandEnvironment, foldersWrittenBy, presentationOnly, subcommandOf } from "./src/cli/start.ts";
import { type Keeper, KeeperClient } from "./src/keeper/client.ts";
import { C_LIBRARIES } from "./src/keeper/native.ts";
import { type KeeperStart, PROTOCOL_VERSION } from "./src/keeper/protocol.ts";
import { mayUseAgent, needsKeeper, startsPrograms } from "./src/keeper/roles.ts";

const POWERS = ["read", "write", "net", "run", "ffi", "sys", "env", "import"] as const;

try {
  const argv = Deno.args;
  const environment = commandEnvironment(Deno.env.toObject(), Deno.build.standalone);
  const stdinIsTerminal = Deno.stdin.isTerminal();
  const command = subcommandOf(argv);
  if (command === "run" && !asksForHelp(argv)) await runQuickly(argv, environment);
  const keeper = needsKeeper(command) && !asksForHelp(argv)
    ? await startKeeper(command, argv, environment)
    : noKeeper();

  for (const name of POWERS) Deno.permissions.revokeSync({ name } as Deno.PermissionDescriptor);

  const { runCli } = await import("./src/cli/mod.ts");
  const shown = presentationOnly(environment);
  Deno.exit(await runCli({ argv, keeper, version: deno.version, environment: shown, stdinIsTerminal }));
} catch (error) {
  // Before the command line is loaded; it reports its own errors by the same function.
  const err = (text: string) => Promise.resolve(void Deno.stderr.writeSync(new TextEncoder().encode(text)));
  Deno.exit(await reportError({ err }, error, { json: scanArgv(Deno.args).json }));
}

/** Ends the process with the command's status where the vault's agent ran it; else nothing has happened. */
async function runQuickly(argv: readonly string[], environment: Record<string, string>): Promise<void> {
  const { quickRun } = await import("./src/agent/mod.ts");
  const status = await quickRun({
    argv,
    environment,
    ...locate(environment, Deno.build.os),
    cwd: Deno.cwd(),
    platform: Deno.build.os,
  });
  if (status !== null) Deno.exit(status);
}

/** Starts the keeper, and for `ov init` the isolate that rates a password; both before any npm package of the front. */
async function startKeeper(
  command: string,
  argv: readonly string[],
  environment: Record<string, string>,
): Promise<Keeper> {
  const { vaultFolder, configFolder } = locate(environment, Deno.build.os);
  const cwd = Deno.cwd();
  const isAllowed = (descriptor: Deno.PermissionDescriptor) =>
    Deno.permissions.querySync(descriptor).state === "granted";

  const services = command === "agent" ? serviceFolder(environment, Deno.build.os) : null;
  const options: WorkerOptions = {
    type: "module",
    name: "keeper",
    deno: {
      permissions: {
        read: true,
        write: [
          vaultFolder,
          configFolder,
          ...foldersWrittenBy(command, argv, cwd),
          ...(services === null ? [] : [services]),
        ],
        run: startsPrograms(command) ? "inherit" : false,
        ffi: (C_LIBRARIES[Deno.build.os] ?? []).filter((path) => isAllowed({ name: "ffi", path })),
        sys: ["uid"],
        env: false,
        net: false,
        import: false,
      },
    },
  };
  // The compiler looks for these two lines as they are, to put the isolates into the binary.
  const worker = mayUseAgent(command)
    ? new Worker(new URL("./src/agent/worker.ts", import.meta.url).href, options)
    : new Worker(new URL("./src/keeper/worker.ts", import.meta.url).href, options);
  const client = new KeeperClient(worker);
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    client.abandon(new OvError("internal", "Internal error: the keeper stopped"));
  });
  await nextMessage(worker, "ready");

  const start: KeeperStart = {
    t: "start",
    protocol: PROTOCOL_VERSION,
    command,
    line: scanArgv(argv).command ?? command,
    version: deno.version,
    vaultFolder,
    configFolder,
    cwd,
    platform: Deno.build.os,
    environment,
    programs: isAllowed({ name: "run" }) ? "any" : [],
    argv,
    self: startOfThis(),
    syncHost: null,
  };
  const others = command === "init" || command === "password"
    ? [startStrength()]
    : command === "mcp"
    ? [startPage()]
    : [];
  worker.postMessage(start, await Promise.all(others));
  await nextMessage(worker, "started");
  return client;
}

/** Program and first arguments that start this very program again. */
function startOfThis(): string[] {
  if (Deno.build.standalone) return [Deno.execPath()];
  const config = import.meta.dirname === undefined ? [] : ["--config", `${import.meta.dirname}/deno.json`];
  return [Deno.execPath(), "run", "-q", "-P", "--no-prompt", ...config, import.meta.filename ?? ""];
}

/** Starts the isolate of the consent page. @returns the keeper's end of the channel to it */
async function startPage(): Promise<MessagePort> {
  const worker = new Worker(new URL("./src/consent/worker.ts", import.meta.url).href, {
    type: "module",
    name: "page",
    // It may listen on a free port of the loopback address, and connect nowhere.
    deno: { permissions: { net: isAllowedToListen() ? ["127.0.0.1:0"] : false } },
  });
  await nextMessage(worker, "ready");
  const channel = new MessageChannel();
  worker.postMessage({ port: channel.port1 }, [channel.port1]);
  return channel.port2;
}

/** Whether this program was built to; a right that is not there can not be handed on. */
function isAllowedToListen(): boolean {
  return Deno.permissions.querySync({ name: "net", host: "127.0.0.1:0" }).state === "granted";
}

/** Starts the isolate that rates a new password. @returns the keeper's end of the channel to it */
async function startStrength(): Promise<MessagePort> {
  const worker = new Worker(new URL("./src/strength/worker.ts", import.meta.url).href, {
    type: "module",
    name: "strength",
    deno: { permissions: "none" },
  });
  await nextMessage(worker, "ready");
  const channel = new MessageChannel();
  worker.postMessage({ port: channel.port1 }, [channel.port1]);
  return channel.port2;
}

function nextMessage(worker: Worker, expected: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onError = () => reject(new OvError("internal", "Internal error: an isolate did not start"));
  worker.addEventListener("error", onError, { once: true });
  worker.addEventListener("message", (event: MessageEvent) => {
    worker.removeEventListener("error", onError);
    if (event.data === expected) resolve();
    else reject(new OvError("internal", "Internal error: an isolate said something unexpected"));
  }, { once: true });
  return promise;
}

/** For commands that need no vault: help, version, completions. */
function noKeeper(): Keeper {
  return {
    call: () => Promise.reject(new OvError("usage/invalid", "Cannot do that: this command has no keeper")),
  };
}
