import { basename, join } from "node:path";
import { type PinCommand, pinCommand, type PinnedCommand } from "../../src/policy/mod.ts";
import { put, withFolder } from "../run/temp_folder.ts";

/** A project in a temporary folder, with programs of its own in `bin/`, so that no test depends on what is installed. */
export class Project {
  constructor(readonly folder: string) {}

  static async with(files: Readonly<Record<string, string>>, body: (project: Project) => Promise<void>): Promise<void> {
    await withFolder(async (folder) => {
      const project = new Project(folder);
      for (
        const name of [
          "sh",
          "node",
          "npm",
          "npx",
          "pnpm",
          "yarn",
          "bun",
          "make",
          "just",
          "python3",
          "tool",
          "timeout",
          "git",
        ]
      ) {
        await put(folder, `bin/${name}`, `\x7fELF\0${name}`, 0o755);
      }
      for (const [name, text] of Object.entries(files)) {
        await put(folder, name, text, text.startsWith("#!") ? 0o755 : 0o644);
      }
      await body(project);
    });
  }

  async pin(command: string | readonly string[], more: Partial<PinCommand> = {}): Promise<PinnedCommand> {
    const [program, ...argv] = typeof command === "string" ? command.split(" ") : command;
    return await pinCommand({
      program: program!.includes("/") ? join(this.folder, program!) : join(this.folder, "bin", program!),
      argv,
      workDir: this.folder,
      ownUid: Deno.uid(),
      find: async (name) => {
        const path = join(this.folder, "bin", name);
        return await Deno.stat(path).then(() => path, () => null);
      },
      ...more,
    });
  }

  /** Paths of the pins below the project, the shared programs as `<name>`, sorted. */
  async paths(command: string | readonly string[], more: Partial<PinCommand> = {}): Promise<string> {
    const { pins } = await this.pin(command, more);
    return pins.map(({ path }) => path).filter((path) => path.startsWith(this.folder))
      .map((path) => path.slice(this.folder.length + 1))
      .map((path) => path.startsWith("bin/") ? `<${basename(path)}>` : path).sort().join(" ");
  }

  async write(name: string, text: string): Promise<void> {
    await put(this.folder, name, text);
  }
}
