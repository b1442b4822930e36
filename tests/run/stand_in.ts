import { concatBytes, decodeUtf8, encodeUtf8 } from "../../src/base/mod.ts";
import { openDescriptors, openTerminals } from "../../src/keeper/descriptors.ts";
import {
  type ChildSpec,
  type MaskedRunOptions,
  type MaskSource,
  type OutputSink,
  runMasked,
  type StreamMask,
  type TerminalPowers,
} from "../../src/run/mod.ts";

/** For children that are started by `posix_spawn`; `null` where the platform has none of that. */
export const nativePowers: TerminalPowers | null = openPowers();

function openPowers(): TerminalPowers | null {
  const [descriptors, calls] = [openDescriptors(Deno.build.os), openTerminals(Deno.build.os)];
  return descriptors === null || calls === null ? null : { descriptors, calls };
}

/** A mask that changes nothing. */
export const openMask: MaskSource = {
  stream: (): StreamMask => ({
    push: (chunk) => chunk,
    pause: () => new Uint8Array(0),
    end: () => new Uint8Array(0),
    maskedCount: 0,
  }),
};

/** A mask that holds all that it got until the child pauses or ends, and replaces `needle` with `#`. */
export function holdingMask(needle: string): MaskSource {
  return {
    stream: () => {
      let held: Uint8Array = new Uint8Array(0);
      const mask = {
        maskedCount: 0,
        push: (chunk: Uint8Array) => {
          held = concatBytes(held, chunk);
          return new Uint8Array(0);
        },
        pause: () => mask.end(),
        end: () => {
          const parts = decodeUtf8(held)!.split(needle);
          held = new Uint8Array(0);
          mask.maskedCount += parts.length - 1;
          return encodeUtf8(parts.join("#"));
        },
      };
      return mask;
    },
  };
}

/** Collects what is written. */
export class Collector implements OutputSink {
  readonly #chunks = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  #watching: { text: string; resolve: () => void } | null = null;

  write(which: "stdout" | "stderr", bytes: Uint8Array): Promise<void> {
    this.#chunks[which].push(bytes.slice());
    if (this.#watching !== null && this.stdout.includes(this.#watching.text)) this.#watching.resolve();
    return Promise.resolve();
  }

  /** Resolves when stdout holds `text`. */
  until(text: string): Promise<void> {
    return new Promise((resolve) => {
      this.#watching = { text, resolve };
      if (this.stdout.includes(text)) resolve();
    });
  }

  get stdout(): string {
    return new TextDecoder().decode(concatBytes(...this.#chunks.stdout));
  }

  get stderr(): string {
    return new TextDecoder().decode(concatBytes(...this.#chunks.stderr));
  }
}

/** A child that runs `script` in `sh`. */
export function sh(script: string, more: Partial<ChildSpec> = {}): ChildSpec {
  return {
    program: "/bin/sh",
    args: ["-c", script],
    workDir: "/",
    environment: { PATH: "/usr/local/bin:/usr/bin:/bin" },
    stdin: "null",
    ownGroup: true,
    ...more,
  };
}

/** Runs `spec` and collects its output. */
export async function collect(
  spec: ChildSpec,
  o: Partial<MaskedRunOptions> = {},
  mask: MaskSource = openMask,
): Promise<Awaited<ReturnType<typeof runMasked>> & { stdout: string; stderr: string }> {
  const sink = new Collector();
  const end = await runMasked(spec, mask, sink, { timeoutMs: null, forwardSignals: false, ...o });
  return { ...end, stdout: sink.stdout, stderr: sink.stderr };
}
