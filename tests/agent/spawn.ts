/** A process of `ov` that a test talks to while it runs. */
import assert from "node:assert/strict";
import { ovCommand, type World } from "../e2e/ov.ts";

/** One process; it is killed with the test. */
export class Spawned implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  #text = "";

  constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#reader = child.stdout.getReader();
    this.#writer = child.stdin.getWriter();
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** Its exit status. */
  get code(): Promise<number> {
    return this.#child.status.then(({ code }) => code);
  }

  /** Waits until its output holds a text; fails when it ends before. */
  async until(wanted: string | RegExp): Promise<RegExpMatchArray | []> {
    for (;;) {
      const found = typeof wanted === "string" ? (this.#text.includes(wanted) ? [] : null) : this.#text.match(wanted);
      if (found !== null) return found as RegExpMatchArray | [];
      const { value, done } = await this.#reader.read();
      if (done) assert.fail(`ended before it printed ${wanted}: ${this.#text}`);
      this.#text += new TextDecoder().decode(value);
    }
  }

  async type(text: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(text));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel().catch(() => {});
    await this.#child.status;
  }
}

/** Starts `ov` in a world with stdin and stdout as pipes; stderr is dropped. */
export function spawnOv(world: World, argv: readonly string[]): Spawned {
  const [program, ...args] = ovCommand();
  return new Spawned(
    new Deno.Command(program, {
      args: [...args, ...argv],
      cwd: world.project,
      clearEnv: true,
      env: world.environment(),
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn(),
  );
}
