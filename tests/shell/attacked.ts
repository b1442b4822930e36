/**
 * A user's vault, and somebody with a shell of the same user who does not know the master password: every way through `ov`
 * to a value is tried in this folder.
 */
import assert from "node:assert/strict";
import { type Ended, ovCommand, type RunOptions, TYPE_PASSWORD, World } from "../e2e/ov.ts";
import { b64, bytesOf, hex, latin1, reversed, wide } from "../leaks/decode.ts";
import { LEAK_SHARE, recovered } from "../leaks/score.ts";
import { makeValue } from "../leaks/values.ts";
import type { LineClient } from "../mcp/line_client.ts";
import { type LineServer, startLines } from "../mcp/servers.ts";

/** Name of the secret. */
export const NAME = "STRIPE_SECRET_KEY";

/** A world with one secret and an attacker in it. */
export class Attacked implements AsyncDisposable {
  readonly world: World;
  /** What the attacker wants. */
  readonly value: string;
  readonly #servers: LineServer[] = [];

  private constructor(world: World, value: string) {
    this.world = world;
    this.value = value;
  }

  static async start(): Promise<Attacked> {
    const world = await World.withVault();
    const value = makeValue();
    await world.json(["secret", "set", NAME, "--stdin"], { stdin: value });
    return new Attacked(world, value);
  }

  /** `ov` as the attacker runs it: no terminal, no password. */
  async ov(argv: readonly string[], o: RunOptions = {}): Promise<Ended> {
    return this.#safe(await this.world.ov(argv, o));
  }

  /** {@link Attacked.ov} for what must fail. */
  async refused(argv: readonly string[], o: RunOptions = {}): Promise<Ended> {
    const ended = await this.ov(argv, o);
    assert.notEqual(ended.code, 0, ended.stdout);
    return ended;
  }

  /** Any program that the attacker runs. */
  async shell(script: string, o: RunOptions = {}): Promise<Ended> {
    return this.#safe(await this.world.run("sh", ["-c", script, "sh", ...ovCommand()], o));
  }

  /** What the user does, with the password typed. */
  async typed(...argv: string[]): Promise<void> {
    const ended = await this.world.terminal(argv, [TYPE_PASSWORD]);
    assert.equal(ended.code, 0, ended.transcript);
  }

  /** An `ov mcp`: the user's agent's where it is authorised, the attacker's own where it is not. */
  async mcp(o: { authorized: boolean; answer: "always" | "decline" }): Promise<LineClient> {
    const [command, ...args] = ovCommand();
    const password = o.authorized ? ["--password-file", this.world.passwordFile] : [];
    const env = this.world.environment();
    const server = startLines({ command, args: [...args, ...password, "mcp"], cwd: this.world.project, env });
    this.#servers.push(server);
    const accepted = { action: "accept", content: { decision: "always" } };
    server.client.onRequest = () => o.answer === "always" ? accepted : { action: "decline" };
    await server.client.initialize({ elicitation: { form: {} } });
    return server.client;
  }

  /** Fails where text, or what anybody would decode of it, holds more of the value than a short piece. */
  keeps(text: string): void {
    const bytes = latin1(new TextEncoder().encode(text));
    const share = recovered(this.value, [text, ...b64(bytes), ...hex(bytes), ...reversed(bytes), ...wide(bytes)]);
    assert.ok(share <= LEAK_SHARE, `${Math.round(100 * share)} % of the value came out`);
  }

  /** {@link Attacked.keeps} for bytes, whose text is Latin-1. */
  keepsBytes(bytes: Uint8Array): void {
    const text = latin1(bytes);
    const share = recovered(this.value, [text, ...wide(text), ...b64(text)]);
    assert.ok(share <= LEAK_SHARE, `${Math.round(100 * share)} % of the value came out`);
    assert.equal(bytesOf(text).byteLength, bytes.byteLength);
  }

  #safe(ended: Ended): Ended {
    this.keeps(ended.stdout);
    this.keeps(ended.stderr);
    return ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, process, stderr } of this.#servers) {
      await client.close();
      await process.status;
      for (const line of client.lines) this.keeps(line);
      this.keeps(await stderr);
    }
    await this.world.ov(["lock"]);
    await this.world[Symbol.asyncDispose]();
  }
}
