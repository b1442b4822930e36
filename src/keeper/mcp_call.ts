/** What the calls of an agent's tools have in common: who is on the other side, and what is said where nobody can be asked. */
import { OvError } from "../base/mod.ts";
import type { PageCall } from "./mcp_page.ts";
import type { Params } from "./protocol.ts";
import type { CallContext } from "./service.ts";

/** What the page needs to know of a call. */
export function pageCall(
  params: Params<"mcp.list"> & { client?: string; canAsk?: boolean },
  call: CallContext,
): PageCall {
  const { client = "", canAsk = false } = params;
  return { peer: params.peer ?? { client, canAsk, canOpen: false }, opened: params.opened, signal: call.signal };
}

/** {@link pageCall} for calls whose result has no place for an address: `ov` opens the page itself. */
export function browserCall(params: Params<"mcp.list">, call: CallContext): PageCall {
  const { peer, ...rest } = pageCall(params, call);
  return { ...rest, peer: peer === undefined ? undefined : { ...peer, canOpen: false } };
}

/** Where no page can be shown, a value is entered in a terminal. */
export function enterOutOfBand(name: string): OvError {
  return new OvError("policy/approval-required", `Cannot take the value of ${name} here: the user enters it`, {
    hint: `Tell the user to run this in a terminal: ov secret set ${name} — or call again with generate.`,
  });
}
