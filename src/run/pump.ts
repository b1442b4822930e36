/**
 * Moves one output stream of a child through its mask to its sink, with back-pressure: the next bytes are read when the
 * last ones have been taken, so a slow reader slows the child and memory does not grow.
 */

/** The mask of one stream (`mask/stream.ts` has the real one). Takes bytes and gives back what may be shown. */
export interface StreamMask {
  /** Takes the next bytes, borrowed; returns what can go out, which may be empty. */
  push(chunk: Uint8Array): Uint8Array;
  /** The child pauses: what may go out though more could follow. */
  pause(): Uint8Array;
  /** The rest. Nothing is pushed afterwards. */
  end(): Uint8Array;
  /** How many places were masked until now. */
  readonly maskedCount: number;
}

/** Something goes out this often (milliseconds) though the child never pauses: it may write without end, and little. */
const RELEASE_MS = 100;

/** Limits of a {@link pump}. */
export interface PumpOptions {
  /** Silence after which the mask is told that the child pauses, in milliseconds. */
  readonly pauseMs: number;
  /** Resolves when the child has ended. A grandchild may hold the pipe open for as long as it lives. */
  readonly ended: Promise<unknown>;
  /** After the child's end: silence that counts as the end of its output, in milliseconds. */
  readonly drainSilenceMs: number;
  /** After the child's end: how long to wait for bytes in all, in milliseconds, the sink's own time not counted. */
  readonly drainTotalMs: number;
}

/** How a {@link pump} ended. */
export interface PumpEnd {
  readonly maskedCount: number;
  /** The sink's error; `null` where there was none, or where it was a reader that went away. */
  readonly sinkError: unknown;
}

/**
 * More than a pipe holds (1 MiB is what an ordinary user can set): what comes beyond that after the child's end is not
 * the child's.
 */
const DRAIN_LIMIT_BYTES = 2 * 1024 * 1024;

/**
 * Reads `source` to its end and writes the masked bytes. When the reader of our own output goes away (`| head -1`), the
 * child's pipe is closed too, so that the child meets what it would meet without us: SIGPIPE or EPIPE.
 *
 * @param source the child's stdout or stderr; closed afterwards
 * @param onSinkError called at once when the sink fails otherwise, so that the caller can end the child
 */
export async function pump(
  source: ReadableStream<Uint8Array>,
  mask: StreamMask,
  write: (bytes: Uint8Array) => Promise<void>,
  o: PumpOptions,
  onSinkError: () => void,
): Promise<PumpEnd> {
  const reader = source.getReader();
  let sinkError: unknown = null;
  let open = true;
  const put = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.byteLength === 0 || !open) return;
    try {
      await write(bytes);
    } catch (error) {
      open = false;
      if (isReaderGone(error)) return;
      sinkError = error;
      onSinkError();
    }
  };

  // One reaction for the whole life of the child: a race against `ended` at each read would collect one for each.
  let ended = false;
  let wake: ((what: "ended") => void) | null = null;
  const onEnd = () => {
    ended = true;
    wake?.("ended");
  };
  o.ended.then(onEnd, onEnd);

  let paused = false;
  let releasedAt = performance.now();
  let waitedMs = 0;
  let drainedBytes = 0;
  let reading: Promise<ReadableStreamReadResult<Uint8Array> | null> | null = null;
  while (open) {
    // One read stays open over several waits: giving it up would lose the bytes that it brings. A read that fails is an
    // end of the stream.
    reading ??= reader.read().catch(() => null);
    const draining = ended;
    const limitMs = draining ? Math.min(o.drainSilenceMs, o.drainTotalMs - waitedMs) : paused ? null : o.pauseMs;
    const begin = performance.now();
    const result = await first(reading, limitMs, (resolve) => wake = draining ? null : resolve);
    if (draining) waitedMs += performance.now() - begin;
    if (result === "ended") continue;
    if (result === "silent") {
      if (draining) break;
      paused = true;
      await put(mask.pause());
      releasedAt = performance.now();
      continue;
    }
    reading = null;
    if (result === null || result.done) break;
    // After a silence the time begins with what ends it.
    if (paused) releasedAt = performance.now();
    paused = false;
    let out = mask.push(result.value);
    if (out.byteLength === 0 && !draining && performance.now() - releasedAt >= RELEASE_MS) {
      out = mask.pause();
      releasedAt = performance.now();
    }
    if (out.byteLength > 0) releasedAt = performance.now();
    await put(out);
    if (draining) {
      drainedBytes += result.value.byteLength;
      if (drainedBytes > DRAIN_LIMIT_BYTES) break;
    }
  }
  await put(mask.end());
  await reader.cancel().catch(() => {});
  return { maskedCount: mask.maskedCount, sinkError };
}

/** Whichever comes first: the read, silence, or what `wake` is called with. */
async function first<T>(
  read: Promise<T>,
  limitMs: number | null,
  setWake: (resolve: (what: "ended") => void) => void,
): Promise<T | "ended" | "silent"> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    return await new Promise<T | "ended" | "silent">((resolve, reject) => {
      setWake(resolve);
      read.then(resolve, reject);
      if (limitMs !== null) timer = setTimeout(resolve, Math.max(0, limitMs), "silent" as const);
    });
  } finally {
    clearTimeout(timer);
  }
}

function isReaderGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset;
}
