import { isAlarm, readEntry, whoOf, wordsOf } from "../../audit/mod.ts";
import { maskability } from "../../mask/mod.ts";
import type { AuditView } from "../audit_protocol.ts";
import { clearNotice, makeDecoy } from "../canary.ts";
import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";
import { readInterceptor, writeInterceptor } from "../policy_store.ts";
import { requireSecretName } from "./secrets.ts";

type AuditHandlers = "audit.list" | "audit.verify" | "secret.canary" | "policy.intercept";

/** `ov audit`, `ov secret canary`, `ov policy intercept`. */
export function auditHandlers(door: Door): Pick<Handlers, AuditHandlers> {
  return {
    "audit.list": async ({ since, last }) => {
      const session = await door.unlock("Show the audit log.");
      const all = (await session.listAudit()).map(({ at, entry }, i) => viewOf(i + 1, at, entry));
      const late = since === null ? all : all.filter(({ at }) => at >= since);
      clearNotice(door.start.vaultFolder);
      return { entries: last === null ? late : late.slice(Math.max(0, late.length - last)), total: all.length };
    },
    "audit.verify": async () => await (await door.unlock("Check the audit log.")).verifyAudit(),

    "secret.canary": async ({ name }) => {
      requireSecretName(name);
      const session = await door.unlock(`Put the canary ${name}.`);
      const { app, env } = await door.boundContext(session);
      const value = makeDecoy(name);
      try {
        await session.appendAudit({ action: "canary-set", origin: "human", app, env, secrets: [name] });
        // EXPOSE: only whether a mask can watch for it is looked at.
        const { maskable } = maskability(value.expose());
        await session.setSecrets({ app, env }, [{ name, value, canary: true, maskable }], { mode: "create" });
        return { app, env };
      } finally {
        value.wipe();
      }
    },

    "policy.intercept": async ({ mode }) => {
      const { app, env } = door.context();
      const session = await door.unlockTyped(
        mode === "block"
          ? `Refuse calls of agents that hold a secret, in ${app}/${env}.`
          : `Let calls of agents through that hold a secret, in ${app}/${env}: it is in their command lines then.`,
      );
      const ref = await door.boundContext(session);
      const previous = await readInterceptor(session, ref);
      await session.appendAudit({ action: "interceptor", origin: "human", app, env, mode, previous });
      await writeInterceptor(session, ref, mode);
      return { app, env, mode, previous };
    },
  };
}

function viewOf(sequence: number, at: number, stored: unknown): AuditView {
  return { sequence, at, who: whoOf(stored), text: wordsOf(stored), alarm: isAlarm(stored), entry: readEntry(stored) };
}
