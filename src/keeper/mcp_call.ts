/** What the calls of an agent's tools have in common: who is on the other side, and what is said where nobody can be asked. */
import { OvError } from "../base/mod.ts";
import type { PageCall } from "./mcp_page.ts";
import type { Consent, EnvRef, Params } from "./protocol.ts";
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

/** What sets the secret from any directory. */
export function setLine(name: string, { app, env }: EnvRef): string {
  return `ov secret set ${name} --app ${app} --env ${env}`;
}

/** Where no page can be shown, a value is entered in a terminal. */
export function enterOutOfBand(name: string, ref: EnvRef): OvError {
  return new OvError("policy/approval-required", `Cannot take the value of ${name} here: the user enters it`, {
    hint: `Tell the user to run this in a terminal: ${setLine(name, ref)} — or call again with generate.`,
  });
}

/** A change of a secret that nobody on this connection, and no browser, can be asked about. */
export function nobodyToAsk({ action, app, env, secrets: [name = ""] }: Consent): OvError {
  const ref = { app, env };
  const line = action === "delete" ? `ov secret rm ${name} --app ${app} --env ${env}` : setLine(name, ref);
  return new OvError("policy/approval-required", `Cannot ${action} ${name}: the user has to approve it`, {
    hint: `They can not be asked here. Tell the user to run in a terminal: ${line}`,
  });
}

/** Nobody gave the password, and no agent that is unlocked was found. */
export function lockedConnection(): OvError {
  return new OvError("vault/locked", "The vault is locked: nobody gave the password for this connection", {
    hint: "Tell the user to run `ov unlock` in a terminal, then call again; or to start this server as " +
      "`ov mcp --authorize` or with --password-file FILE.",
  });
}
