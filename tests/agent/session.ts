/** A client of the agent that says what a test has it say, and nothing else. */
import assert from "node:assert/strict";
import { type Channel } from "../../src/agent/channel.ts";
import { connectAgent } from "../../src/agent/client.ts";
import { decodeMessage, encodeMessage, KIND } from "../../src/agent/messages.ts";
import { agentPlace } from "../../src/agent/place.ts";
import { openDescriptors } from "../../src/keeper/descriptors.ts";
import type { FromKeeper, ToKeeper } from "../../src/keeper/protocol.ts";
import type { World } from "../e2e/ov.ts";
import { NAME } from "./world.ts";

/** Sockets of this process. */
export const descriptors = openDescriptors(Deno.build.os)!;

/** A channel as a client has it, who can read the key. */
export async function channel(world: World): Promise<Channel> {
  const made = await connectAgent(descriptors, agentPlace(world.ovHome), Deno.uid()!);
  assert.ok(made !== null);
  return made;
}

/** Opens a channel for a command and answers its calls. */
export async function session(world: World, command: string, environment: Record<string, string> = {}) {
  const made = await channel(world);
  const env = { PATH: Deno.env.get("PATH") ?? "", ...environment };
  const open = {
    command,
    configFolder: world.ovHome,
    cwd: world.project,
    environment: env,
    terminal: null,
    page: false,
  };
  await made.send(KIND.proof, new Uint8Array(0));
  await made.send(KIND.open, encodeMessage(open));
  const opened = await made.receive();
  let next = 1;
  return {
    opened: opened?.kind === KIND.opened,
    close: () => made.close(),
    /** The answer; whatever is asked of the client is refused. */
    async call(op: string, params: unknown): Promise<FromKeeper> {
      const id = next++;
      await made.send(KIND.call, encodeMessage({ t: "call", id, op, params } as unknown as ToKeeper));
      for (let frame = await made.receive(); frame !== null; frame = await made.receive()) {
        if (frame.kind === KIND.answer) {
          const message = decodeMessage(frame.payload) as FromKeeper;
          if (message.id === id && message.t !== "progress") return message;
        }
        if (frame.kind === KIND.ask && (decodeMessage(frame.payload) as { t: string }).t === "entry") {
          const error = { code: "usage/no-terminal", message: "Cannot: nobody is here" };
          await made.send(KIND.event, encodeMessage({ t: "no-entry", error }));
        }
      }
      return assert.fail("the agent hung up");
    },
  };
}

/** Runs of `true`, which must have been granted, four at a time. @param count a multiple of four */
export async function runOften(world: World, count: number): Promise<void> {
  const once = async () => {
    const at = await session(world, "run");
    await at.call("configure", {});
    const answer = await at.call("run", { argv: ["true"], secrets: [NAME], raw: false, timeoutMs: null });
    at.close();
    assert.ok(answer.t === "result", JSON.stringify(answer));
  };
  for (let i = 0; i < count; i += 4) await Promise.all([once(), once(), once(), once()]);
}
