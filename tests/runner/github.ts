/**
 * What a GitHub Actions runner does with a step's stdout and command files, as its source does it (ActionCommandManager,
 * AddMaskCommandExtension, FileCommandManager): a line that begins with `::name` is a command and is not shown; every
 * other line is shown with the registered masks as `***`.
 */

/** One job's runner. */
export class Runner {
  readonly masks: string[] = [];
  readonly variables: Record<string, string> = {};
  /** What the log shows. */
  log = "";

  /** Takes what a step printed. */
  print(stdout: string): void {
    if (stdout === "") return;
    for (const line of stdout.replace(/\n$/, "").split("\n")) {
      const command = /^\s*::([a-z-]+)(?: [^:]*)?::(.*)$/.exec(line);
      if (command === null) this.log += `${this.#masked(line)}\n`;
      else if (command[1] === "add-mask") this.#addMask(unescape(command[2]!));
      else this.log += `${this.#masked(line)}\n`;
    }
  }

  /** Takes the file that `GITHUB_ENV` named. */
  readEnvironment(content: string): void {
    const lines = content.split("\n");
    while (lines.length > 0) {
      const line = lines.shift()!;
      if (line === "") continue;
      const [, name, mark] = /^([^=<]+)<<(.+)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`invalid line in the environment file: ${line}`);
      const end = lines.indexOf(mark!);
      if (end === -1) throw new Error(`no end of ${name}`);
      this.variables[name] = lines.splice(0, end).join("\n");
      lines.shift();
    }
  }

  #addMask(data: string): void {
    if (data.trim() === "") throw new Error("the runner warns of an empty mask");
    // The runner registers the value, and each of its lines.
    for (const text of [data, ...data.split(/[\r\n]+/)]) if (text !== "") this.masks.push(text);
  }

  #masked(line: string): string {
    let shown = line;
    for (const mask of this.masks.toSorted((a, b) => b.length - a.length)) shown = shown.replaceAll(mask, "***");
    return shown;
  }
}

function unescape(data: string): string {
  return data.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
