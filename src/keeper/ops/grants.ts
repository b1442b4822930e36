import { OvError } from "../../base/mod.ts";
import type { Door } from "../door.ts";
import { consentFor, prepareRun } from "../execution.ts";
import {
  grantFor,
  listGrants,
  listPending,
  pendingView,
  removePending,
  revokeGrant,
  storeGrant,
  viewOf,
} from "../grant_store.ts";
import type { Handlers } from "../handlers.ts";
import { readMode, writeMode } from "../policy_store.ts";

type GrantOperations =
  | "policy.show"
  | "policy.set"
  | "grant.list"
  | "grant.add"
  | "grant.revoke"
  | "approve.list"
  | "approve.decide";

/** `ov policy`, `ov grant`, `ov approve`. Whatever widens what may run needs the password typed on a terminal. */
export function grantHandlers(door: Door): Pick<Handlers, GrantOperations> {
  return {
    "policy.show": async () => {
      const session = await door.unlock("Show the policy.");
      const { app, env } = door.context();
      await door.requireEnv(session, { app, env });
      const grants = (await listGrants(session, { app, env })).map(viewOf);
      return { app, env, mode: await readMode(session, { app, env }), grants };
    },
    "policy.set": async ({ mode }) => {
      const { app, env } = door.context();
      const session = await door.unlockTyped(`Set the policy of ${app}/${env} to ${mode}.`);
      const ref = await door.boundContext(session);
      const previous = await readMode(session, ref);
      await writeMode(session, ref, mode);
      await session.appendAudit({ action: "policy", app, env, mode, previous });
      return { app, env, mode, previous };
    },

    "grant.list": async () => {
      const session = await door.unlock("List the grants.");
      const { app, env } = door.context();
      await door.requireEnv(session, { app, env });
      return { grants: (await listGrants(session, { app, env })).map(viewOf) };
    },
    "grant.add": async ({ argv, secrets, use, until }) => {
      if ((use === "until") !== (until !== null)) {
        throw new OvError("usage/invalid", "Cannot grant: --until goes with a time, and only with it");
      }
      const { app, env } = door.context();
      const session = await door.unlockTyped(`Allow a command to get ${secrets.join(", ")} of ${app}/${env}.`);
      const run = await prepareRun(door, session, await door.boundContext(session), {
        origin: "human",
        argv,
        secrets,
        workDir: door.start.cwd,
        agentSession: null,
      });
      const { warnings, choices } = consentFor(run);
      if (use !== "once" && !choices.includes("always")) {
        throw new OvError("policy/denied", `Cannot grant: ${warnings[0]}`, {
          hint: "Such a command is asked for each time; only --once can be granted.",
        });
      }
      const now = door.parts.now();
      const grant = grantFor(run.request, use, now, until);
      await session.appendAudit({ action: "grant", app, env, grant: grant.id, program: grant.program, secrets, use });
      await storeGrant(session, grant, now);
      return { grant: viewOf(grant), warnings };
    },
    "grant.revoke": async ({ id }) => {
      const session = await door.unlock("Revoke a grant.");
      await revokeGrant(session, id);
      await session.appendAudit({ action: "revoke", grant: id });
      return {};
    },

    "approve.list": async () => {
      const session = await door.unlock("List the requests that wait for you.");
      return { pending: (await listPending(session, door.parts.now())).map(pendingView) };
    },
    "approve.decide": async ({ id, decision }) => {
      const session = await door.unlockTyped(`${decision === "deny" ? "Refuse" : "Allow"} the request ${id}.`);
      const now = door.parts.now();
      const pending = (await listPending(session, now)).find((each) => each.id === id);
      if (pending === undefined) {
        throw new OvError("request/not-found", "Cannot approve: no such request waits", {
          hint: "`ov approve` lists those that do; a request waits for an hour.",
        });
      }
      if (decision !== "deny" && !pending.consent.choices.includes(decision)) {
        throw new OvError("policy/denied", `Cannot approve with ${decision}: ${pending.consent.warnings[0]}`, {
          hint: "Such a command can only be allowed once at a time.",
        });
      }
      const { app, env, secrets, program } = pending.consent;
      await session.appendAudit({ action: "approve", decision, app, env, secrets, program, client: pending.client });
      if (decision !== "deny") await storeGrant(session, grantFor(pending.request, decision, now), now);
      await removePending(session, id);
      return { consent: pending.consent, decision };
    },
  };
}
