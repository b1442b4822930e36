/** An `ov` with an agent: a world whose vault has a secret, and helpers to unlock it and to see what is left behind. */
import assert from "node:assert/strict";
import { type Ended, TYPE_PASSWORD, World } from "../e2e/ov.ts";

/** Name of the secret in every agent's world. */
export const NAME = "API_TOKEN";

/** A world whose agent is ended with it. */
export class AgentWorld implements AsyncDisposable {
  readonly world: World;
  /** The secret's value, made for this world. */
  readonly value: string;

  private constructor(world: World, value: string) {
    this.world = world;
    this.value = value;
  }

  /** A vault with one secret; no agent yet. */
  static async create(): Promise<AgentWorld> {
    const world = await World.withVault();
    const value = `tok-${crypto.randomUUID()}`;
    const set = await world.ovUnlocked(["secret", "set", NAME, "--stdin"], { stdin: value });
    assert.equal(set.code, 0, set.stderr);
    return new AgentWorld(world, value);
  }

  /** {@link AgentWorld.create} with an agent that has the vault open. */
  static async unlocked(more: readonly string[] = []): Promise<AgentWorld> {
    const made = await AgentWorld.create();
    await made.unlock(more);
    return made;
  }

  /** `ov unlock` with the password file. */
  async unlock(more: readonly string[] = []): Promise<void> {
    const ended = await this.world.ovUnlocked(["unlock", ...more]);
    assert.equal(ended.code, 0, ended.stderr);
  }

  /** Lets a command have the secret from now on; the password is typed. */
  async grant(...command: string[]): Promise<void> {
    const ended = await this.world.terminal(["grant", "add", "--secrets", NAME, "--", ...command], [TYPE_PASSWORD]);
    assert.equal(ended.code, 0, ended.transcript);
  }

  /** `ov run` with the secret. */
  async run(command: readonly string[], o: Parameters<World["ov"]>[1] = {}): Promise<Ended> {
    return await this.world.ov(["run", "--secrets", NAME, "--", ...command], o);
  }

  /** What `ov agent status --json` says. */
  async status(): Promise<Record<string, unknown> | null> {
    const ended = await this.world.ov(["agent", "status", "--json"]);
    assert.equal(ended.code, 0, ended.stderr);
    return JSON.parse(ended.stdout).agent;
  }

  /** Process id of the agent. */
  async pid(): Promise<number> {
    const agent = await this.status();
    assert.ok(agent !== null, "there is no agent");
    return agent["pid"] as number;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.world.ov(["agent", "stop"]);
    await this.world[Symbol.asyncDispose]();
  }
}

/** Waits until something is so; fails after a minute at least, which only a failing test waits out. */
export async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 2400; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  assert.fail(`waited for: ${what}`);
}

/** Whether a process is there and not a zombie. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
