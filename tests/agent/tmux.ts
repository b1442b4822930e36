/** A terminal that programs draw on: tmux keeps the screen, and a test reads it as a person would. */
import assert from "node:assert/strict";
import { ovCommand, type World } from "../e2e/ov.ts";

/** Whether there is a tmux on this machine. */
export async function hasTmux(): Promise<boolean> {
  return await hasProgram("tmux", "-V");
}

/** Whether a program starts. */
export async function hasProgram(name: string, ...args: string[]): Promise<boolean> {
  try {
    return (await new Deno.Command(name, { args, stdin: "null", stdout: "null", stderr: "null" }).output()).success;
  } catch {
    return false;
  }
}

/** A window with a shell in a world's project; `ov` is this one. */
export class Tmux implements AsyncDisposable {
  readonly #world: World;
  readonly #socket: string;

  private constructor(world: World, socket: string) {
    this.#world = world;
    this.#socket = socket;
  }

  /** Opens a window of 100 by 30. */
  static async open(world: World): Promise<Tmux> {
    const wrapper = `${world.folder}/ov-here`;
    const words = ovCommand().map((word) => `'${word}'`).join(" ");
    await Deno.writeTextFile(wrapper, `#!/bin/sh\nexec ${words} "$@"\n`, { mode: 0o755 });
    const tmux = new Tmux(world, `${world.folder}/tmux`);
    // Job control on, and a prompt that nothing else prints.
    await tmux.#tmux("-f", "/dev/null", "new-session", "-d", "-x", "100", "-y", "30", "-c", world.project, "sh");
    await tmux.type(`set -m; PS1='ready> '; alias ov=${wrapper}; clear\n`);
    await tmux.shows(/ready> /);
    return tmux;
  }

  /** Types a text; `\n` is Enter. */
  async type(text: string): Promise<void> {
    for (const [index, line] of text.split("\n").entries()) {
      if (index > 0) await this.key("Enter");
      // tmux takes a `;` at the end of an argument for itself.
      if (line !== "") await this.#tmux("send-keys", "-l", line.replace(/;$/, "\\;"));
    }
  }

  /** Presses a key by tmux's name, such as `C-c` or `Escape`. */
  async key(name: string): Promise<void> {
    await this.#tmux("send-keys", name);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What is on the screen; with `colors`, with the sequences that make them. */
  async screen(colors = false): Promise<string> {
    return await this.#tmux("capture-pane", "-p", "-J", ...(colors ? ["-e"] : []));
  }

  /** Waits until the screen shows something. */
  async shows(wanted: RegExp, colors = false): Promise<string> {
    let screen = "";
    for (let tries = 0; tries < 1200; tries++) {
      screen = await this.screen(colors);
      if (wanted.test(screen)) return screen;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return assert.fail(`the screen never showed ${wanted}:\n${screen}`);
  }

  /** Waits until the screen shows something no longer. */
  async gone(unwanted: RegExp): Promise<void> {
    let screen = "";
    for (let tries = 0; tries < 1200; tries++) {
      screen = await this.screen();
      if (!unwanted.test(screen)) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.fail(`the screen still shows ${unwanted}:\n${screen}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
  }

  async #tmux(...args: string[]): Promise<string> {
    const ended = await this.#world.run("tmux", ["-u", "-S", this.#socket, ...args]);
    if (ended.code !== 0) throw new Error(`tmux ${args[0]} failed: ${ended.stderr}`);
    return ended.stdout;
  }
}
