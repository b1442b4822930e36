/** A program of ours that goes on after we have ended: the agent. */
export interface BackgroundSpec {
  readonly program: string;
  readonly args: readonly string[];
  readonly workDir: string;
  /** The whole of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Written to its stdin, which is then closed; borrowed. */
  readonly input: Uint8Array<ArrayBuffer>;
  /** How long it may take to say something, in milliseconds. */
  readonly timeoutMs: number;
}

/** Longest first line that is listened to. */
const MAX_LINE_BYTES = 64 * 1024;

/**
 * Starts a program in a session of its own, and waits for the first line that it says.
 *
 * @returns the line, without its end; `null` where it ended, or said nothing in time and was ended
 * @throws whatever the platform says where it can not be started
 */
export async function startInBackground(spec: BackgroundSpec): Promise<string | null> {
  const child = new Deno.Command(spec.program, {
    args: [...spec.args],
    cwd: spec.workDir,
    clearEnv: true,
    env: { ...spec.environment },
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
    detached: true,
  }).spawn();
  child.unref();
  const timer = setTimeout(() => child.kill("SIGKILL"), spec.timeoutMs);
  try {
    const writer = child.stdin.getWriter();
    await writer.write(spec.input).then(() => writer.close()).catch(() => {});
    return await firstLine(child.stdout);
  } finally {
    clearTimeout(timer);
  }
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | null> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    const end = text.indexOf("\n");
    if (end >= 0) return text.slice(0, end);
    if (text.length > MAX_LINE_BYTES) return null;
  }
  return null;
}
