/** The operations on the agent: `ov unlock`, `ov lock`, `ov agent`. Loaded by those commands only. */
import { join } from "node:path";
import { encodeUtf8, OvError, Secret, serviceFolder } from "../base/mod.ts";
import { startInBackground } from "../keeper/background.ts";
import type { Descriptors, TerminalCalls } from "../keeper/descriptors.ts";
import { currentUid, type Door } from "../keeper/door.ts";
import { writeFileAtomically } from "../keeper/files.ts";
import { Guard } from "../keeper/guard.ts";
import type { AgentHandlers } from "../keeper/handlers.ts";
import type { AgentView, Params } from "../keeper/protocol.ts";
import { VaultSession } from "../keeper/vault_session.ts";
import { Agent } from "./agent.ts";
import { connectAgent, controlAgent } from "./client.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import type { Limits } from "./messages.ts";
import { agentPlace, takePlace } from "./place.ts";
import { agentUnit, type Unit } from "./units.ts";

/** Time for a new agent to open the vault, in milliseconds: Argon2id on a slow and busy machine. */
const START_MS = 60_000;

/** How long `ov agent stop` waits for it to end, in milliseconds: its commands have five seconds. */
const STOP_MS = 10_000;

/** What a new agent is told of the environment; what a command gets comes with each client. */
const PASSED_ON = ["HOME", "PATH", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "OV_HOME", "DENO_DIR"] as const;

/** What the operations stand on. */
export interface OperationParts {
  readonly door: Door;
  readonly descriptors: Descriptors | null;
  readonly terminals: TerminalCalls | null;
}

/** Every operation on the agent. */
export function agentHandlers(parts: OperationParts): AgentHandlers {
  const { door } = parts;
  return {
    "agent.unlock": (params) => unlock(parts, limitsFrom(params)),
    "agent.serve": (params) => serve(parts, params),
    "agent.lock": async () => {
      const before = await control(parts, { t: "lock" });
      return { was: before === null ? "none" : before.locked ? "locked" : "unlocked" };
    },
    "agent.stop": async () => {
      if (await control(parts, { t: "stop" }) === null) return { stopped: false };
      for (const end = Date.now() + STOP_MS; Date.now() < end && await connect(parts) !== null;) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      return { stopped: true };
    },
    "agent.status": async () => ({ agent: await control(parts, { t: "status" }) }),
    "agent.install": () => {
      const { file, unit } = requireUnit(door);
      Deno.mkdirSync(join(file, ".."), { recursive: true });
      writeFileAtomically(file, encodeUtf8(unit.content), 0o600);
      return Promise.resolve({ file, next: unit.enable });
    },
    "agent.uninstall": () => {
      const { file, unit } = requireUnit(door);
      try {
        Deno.removeSync(file);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
        return Promise.resolve({ file, removed: false, next: [] });
      }
      return Promise.resolve({ file, removed: true, next: unit.disable });
    },
  };
}

async function unlock(parts: OperationParts, limits: Limits): Promise<{ agent: AgentView; started: boolean }> {
  const { door } = parts;
  requireDescriptors(parts);
  const hours = Math.round(limits.forMs / 360_000) / 10;
  const purpose = `Unlock the vault for ${hours} h, for the commands that you allow.`;
  return await door.usePassword(purpose, async (password) => {
    const channel = await connect(parts);
    const running = channel === null ? null : await controlAgent(channel, { t: "unlock", limits }, password);
    if (running !== null) return { agent: running, started: false };
    return { agent: await startAgent(door, password, limits), started: true };
  });
}

/** Starts the agent in the background, with the password on a pipe of its own: never in argv or an environment. */
async function startAgent(door: Door, password: Secret, limits: Limits): Promise<AgentView> {
  const { self, environment, vaultFolder } = door.start;
  const [program, ...args] = self;
  if (program === undefined) throw new OvError("usage/invalid", "Cannot start the agent: this ov does not know itself");
  const seconds = (ms: number) => `${ms}ms`;
  // EXPOSE: to the agent that is being started, over a pipe that nothing else reads
  const input = Uint8Array.from(password.expose());
  let line: string | null;
  try {
    line = await startInBackground({
      program,
      args: [
        ...args,
        ...["agent", "start", "--foreground", "--from-pipe"],
        ...["--for", seconds(limits.forMs), "--idle", seconds(limits.idleMs)],
      ],
      workDir: vaultFolder,
      environment: passedOn(environment),
      input,
      timeoutMs: START_MS,
    });
  } catch (cause) {
    throw new OvError("policy/not-baked", "Cannot start the agent: this ov may not start itself", {
      hint: "Start it in another terminal: ov agent start --foreground",
      cause,
    });
  } finally {
    input.fill(0);
  }
  const said = line === null ? null : JSON.parse(line) as Said;
  if (said === null) throw new OvError("internal", "Cannot start the agent: it ended without a word");
  if (!said.ok) throw OvError.fromWire(said.error);
  return said.agent;
}

type Said = { ok: true; agent: AgentView } | { ok: false; error: ReturnType<OvError["toWire"]> };

async function serve(parts: OperationParts, params: Params<"agent.serve">): Promise<{ reason: string }> {
  if (!params.fromPipe) return { reason: await begin(parts, params).then((agent) => agent.ended) };
  let agent: Agent;
  try {
    agent = await begin(parts, params);
  } catch (error) {
    await say({ ok: false, error: OvError.from(error).toWire() });
    throw error;
  }
  await say({ ok: true, agent: agent.view });
  return { reason: await agent.ended };
}

async function begin(parts: OperationParts, params: Params<"agent.serve">): Promise<Agent> {
  const { door, terminals } = parts;
  const descriptors = requireDescriptors(parts);
  const { vaultFolder, platform } = door.start;
  const uid = currentUid(platform)!;
  if (!VaultSession.exists(vaultFolder)) {
    throw new OvError("vault/not-found", `Cannot open the vault: there is none at ${vaultFolder}`, {
      hint: "Make one with `ov init`.",
    });
  }
  const place = agentPlace(vaultFolder);
  const taken = takePlace(descriptors, place, uid);
  if (taken === null) {
    throw new OvError("vault/conflict", "Cannot start the agent: this vault has one already", {
      hint: "`ov agent status` shows it; `ov unlock` unlocks it.",
    });
  }
  try {
    const session = params.locked ? null : await openVault(door, params.fromPipe);
    const guard = new Guard();
    guard.start();
    const agent = new Agent({
      start: door.start,
      hardening: door.parts.hardening,
      now: door.parts.now,
      guard,
      terminals: terminals === null ? null : { descriptors, calls: terminals },
      descriptors,
      place,
      taken,
      uid,
      pid: Deno.pid,
      clocks: { wall: Date.now, steady: () => performance.now() },
      stays: params.locked,
    });
    if (session !== null) {
      const limits = limitsFrom(params);
      await session.appendAudit({ action: "unlock", origin: "human", forMs: limits.forMs });
      agent.unlock(session, limits);
    }
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => agent.stop(`it got ${signal}`));
    }
    return agent;
  } catch (error) {
    taken.release();
    throw error;
  }
}

async function openVault(door: Door, fromPipe: boolean): Promise<VaultSession> {
  const open = (password: Secret) =>
    VaultSession.open({ folder: door.start.vaultFolder, password, now: door.parts.now });
  if (!fromPipe) return await door.usePassword("Unlock the vault for the agent.", open);
  const bytes = new Uint8Array(await new Response(Deno.stdin.readable).arrayBuffer());
  const password = new Secret("password", bytes);
  bytes.fill(0);
  try {
    return await open(password);
  } finally {
    password.wipe();
  }
}

/** The one line that whoever started us waits for. */
async function say(said: Said): Promise<void> {
  const bytes = encodeUtf8(`${JSON.stringify(said)}\n`);
  try {
    for (let done = 0; done < bytes.byteLength;) done += await Deno.stdout.write(bytes.subarray(done));
  } catch {
    // They did not wait.
  }
}

async function connect(parts: OperationParts) {
  if (parts.descriptors === null) return null;
  const { vaultFolder, platform } = parts.door.start;
  return await connectAgent(parts.descriptors, agentPlace(vaultFolder), currentUid(platform)!);
}

async function control(parts: OperationParts, request: { t: "status" | "lock" | "stop" }): Promise<AgentView | null> {
  const channel = await connect(parts);
  return channel === null ? null : await controlAgent(channel, request);
}

function requireDescriptors({ descriptors }: OperationParts): Descriptors {
  if (descriptors !== null) return descriptors;
  throw new OvError("usage/invalid", "Cannot use an agent: this platform has none", {
    hint: "Every command unlocks for itself; a password file spares the typing.",
  });
}

function requireUnit(door: Door): { file: string; unit: Unit } {
  const { platform, self, environment } = door.start;
  const folder = serviceFolder(environment, platform);
  const own = Object.entries(passedOn(environment)).filter(([name]) => ["OV_HOME", "DENO_DIR"].includes(name));
  const unit = agentUnit(platform, self, Object.fromEntries(own));
  if (folder !== null && unit !== null) return { file: join(folder, unit.name), unit };
  throw new OvError("usage/invalid", "Cannot install the agent: no service manager is known for this platform");
}

function passedOn(environment: Readonly<Record<string, string>>): Record<string, string> {
  const wanted = (name: string) => (PASSED_ON as readonly string[]).includes(name) || name.startsWith("XDG_");
  return Object.fromEntries(Object.entries(environment).filter(([name]) => wanted(name)));
}

function limitsFrom({ forMs, idleMs }: { forMs: number | null; idleMs: number | null }): Limits {
  const given = forMs ?? DEFAULT_LIMITS.forMs;
  return { forMs: given, idleMs: Math.min(idleMs ?? DEFAULT_LIMITS.idleMs, given) };
}
