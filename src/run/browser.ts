/** A page of ours for the user: their browser is started, beside us and not as our child. */
export interface BrowserSpec {
  /** Programs to try in turn, absolute, each with its arguments; the address is the last argument or stands for `%s`. */
  readonly commands: readonly { readonly program: string; readonly args: readonly string[] }[];
  readonly workDir: string;
  /** The whole of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** How long a program may take to fail, in milliseconds; one that still runs then has not. */
  readonly failsWithinMs: number;
}

/**
 * Opens an address.
 * @returns whether a program took it
 */
export async function openInBrowser(address: string, spec: BrowserSpec): Promise<boolean> {
  for (const { program, args } of spec.commands) {
    const named = args.some((arg) => arg.includes("%s"));
    try {
      const child = new Deno.Command(program, {
        args: named ? args.map((arg) => arg.replaceAll("%s", address)) : [...args, address],
        cwd: spec.workDir,
        clearEnv: true,
        env: { ...spec.environment },
        stdin: "null",
        stdout: "null",
        stderr: "null",
        // What is sent to our process group (Ctrl-C in the agent's terminal) does not end the user's browser.
        detached: true,
      }).spawn();
      child.unref();
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const timer = setTimeout(() => resolve(true), spec.failsWithinMs);
      void child.status.then(({ success }) => resolve(success));
      const opened = await promise;
      clearTimeout(timer);
      if (opened) return true;
    } catch {
      // Not there, or this binary may not start it: the next.
    }
  }
  return false;
}
