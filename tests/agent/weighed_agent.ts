/**
 * A program: an agent that says how much memory it holds, as a process of its own in which V8's `gc` is at hand. To `ov`
 * itself nobody can give that. `memory_test.ts` starts it with the vault's folder as its argument; it prints `weight 0`
 * when it listens, and one more for each line that comes on stdin.
 *
 * ```text
 * weight N {"heapBytes":…,"nativeBytes":…}
 * ```
 */
import { Agent } from "../../src/agent/agent.ts";
import { DEFAULT_LIMITS } from "../../src/agent/limits.ts";
import { agentPlace, takePlace } from "../../src/agent/place.ts";
import { Secret } from "../../src/base/mod.ts";
import { openDescriptors, openTerminals } from "../../src/keeper/descriptors.ts";
import { Guard } from "../../src/keeper/guard.ts";
import { hardenProcess } from "../../src/keeper/native.ts";
import { type KeeperStart, PROTOCOL_VERSION } from "../../src/keeper/protocol.ts";
import { VaultSession } from "../../src/keeper/vault_session.ts";
import { PASSWORD } from "../e2e/ov.ts";
import { until } from "./world.ts";

/**
 * Options of V8 with which two weighings differ by what was kept in between alone: machine code is neither made of what
 * runs often nor thrown away when it has not run for long.
 */
export const V8_FLAGS = "--expose-gc,--no-opt,--no-maglev,--no-sparkplug,--no-flush-bytecode";

/** What is held when nothing that could be collected is left. */
export interface Weight {
  /** V8's heap, and the content of the buffers that are in it. */
  readonly heapBytes: number;
  /** What the C library has given out and not got back; those contents are in it too. `null` where it does not say. */
  readonly nativeBytes: number | null;
}

if (import.meta.main) await main(Deno.args[0]!);

async function main(vaultFolder: string): Promise<void> {
  const { os } = Deno.build;
  const descriptors = openDescriptors(os)!;
  const calls = openTerminals(os);
  const native = openNative();
  const uid = Deno.uid()!;
  const place = agentPlace(vaultFolder);
  const start: KeeperStart = {
    t: "start",
    protocol: PROTOCOL_VERSION,
    command: "agent",
    line: "agent start",
    version: "0.0.0",
    vaultFolder,
    configFolder: vaultFolder,
    cwd: vaultFolder,
    platform: os,
    environment: Deno.env.toObject(),
    programs: "any",
    argv: [],
    self: [],
    syncHost: null,
  };
  // As `src/agent/operations.ts` makes one.
  const agent = new Agent({
    start,
    hardening: hardenProcess(os),
    now: Date.now,
    guard: new Guard(),
    terminals: calls === null ? null : { descriptors, calls },
    descriptors,
    place,
    taken: takePlace(descriptors, place, uid, false)!,
    uid,
    pid: Deno.pid,
    clocks: { wall: Date.now, steady: () => performance.now() },
    stays: false,
    inherited: null,
  });
  const password = new Secret("password", new TextEncoder().encode(PASSWORD));
  const session = await VaultSession.open({ folder: vaultFolder, password, now: Date.now });
  await fillPageCache(session);
  agent.unlock(session, DEFAULT_LIMITS);
  let number = 0;
  const say = async () => {
    await until("all clients are gone", () => agent.view.clients === 0);
    console.log(`weight ${number++} ${JSON.stringify(await weigh(native))}`);
  };
  await say();
  for await (const _line of Deno.stdin.readable) await say();
}

/**
 * SQLite keeps the pages that it has seen, up to 2,000 KiB (`PRAGMA cache_size`). The log brings new ones with each run
 * (600 to 800 bytes), so without this they would be the most that a weighing finds, for 4,500 runs.
 */
async function fillPageCache(session: VaultSession): Promise<void> {
  for (let kib = 0; kib < 2400; kib += 60) await session.appendAudit({ filler: "x".repeat(60 * 1024) });
  await session.verifyAudit();
}

/** Collects until that frees nothing any more: what has a finalizer goes after what held it. */
async function weigh(native: () => number | null): Promise<Weight> {
  const { gc } = globalThis as unknown as { gc(): void };
  for (let before = Infinity;;) {
    gc();
    await new Promise((resolve) => setTimeout(resolve));
    const { heapUsed, external } = Deno.memoryUsage();
    const heapBytes = heapUsed + external;
    if (heapBytes >= before) return { heapBytes, nativeBytes: native() };
    before = heapBytes;
  }
}

/**
 * ```text
 * struct mallinfo2 { size_t arena, ordblks, smblks, hblks, hblkhd, usmblks, fsmblks, uordblks, fordblks, keepcost; }
 * ```
 * `hblkhd` is given out in maps of its own, `uordblks` otherwise, by all arenas (glibc 2.33 and later; mallinfo(3)).
 */
function openNative(): () => number | null {
  try {
    const struct = ["u64", "u64", "u64", "u64", "u64", "u64", "u64", "u64", "u64", "u64"] as const;
    const { symbols } = Deno.dlopen("libc.so.6", { mallinfo2: { parameters: [], result: { struct } } });
    return () => {
      const fields = new BigUint64Array(symbols.mallinfo2().slice().buffer);
      return Number(fields[4]! + fields[7]!);
    };
  } catch {
    return () => null;
  }
}
