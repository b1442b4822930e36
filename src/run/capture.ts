/** What a captured program printed and how it ended. */
export interface Captured {
  readonly exitCode: number;
  readonly stdout: Uint8Array;
}

/**
 * Runs a program of ours (git, never a user's command, never with a secret) to its end, stdin closed, stderr dropped.
 *
 * @param spec `program`: absolute path; `environment`: the whole of it; `timeoutMs`: after which it is killed
 * @throws whatever the platform says where it can not be started
 */
export async function captureOutput(spec: {
  readonly program: string;
  readonly args: readonly string[];
  readonly workDir: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}): Promise<Captured> {
  const { code, stdout } = await new Deno.Command(spec.program, {
    args: [...spec.args],
    cwd: spec.workDir,
    clearEnv: true,
    env: { ...spec.environment },
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(spec.timeoutMs),
  }).output();
  return { exitCode: code, stdout };
}
