import { delimiter, isAbsolute } from "node:path";
import { OvError, printable, quoteCommand } from "../../base/mod.ts";
import { consentLines } from "../consent_lines.ts";
import type { Door } from "../door.ts";
import { consentFor, prepareRun } from "../execution.ts";
import {
  findGrant,
  grantFor,
  listGrants,
  listPending,
  type Pending,
  pendingView,
  recordGrant,
  removePending,
  revokeGrant,
  storeGrant,
  viewOf,
} from "../grant_store.ts";
import type { Handlers } from "../handlers.ts";
import { readMode, writeMode } from "../policy_store.ts";
import { type BaseEnvironment, parseArgs, type TreePin } from "../../policy/mod.ts";
import type { Answer, Consent } from "../protocol.ts";
import { readTree } from "../trees.ts";
import { baseEnvironment } from "../../run/mod.ts";
import { requireSecretName } from "./secrets.ts";

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
      await session.appendAudit({ action: "policy", origin: "human", app, env, mode, previous });
      await writeMode(session, ref, mode);
      return { app, env, mode, previous };
    },

    "grant.list": async () => {
      const session = await door.unlock("List the grants.");
      const { app, env } = door.context();
      await door.requireEnv(session, { app, env });
      return { grants: (await listGrants(session, { app, env })).map(viewOf) };
    },
    "grant.add": async ({ argv, secrets, use, until, trees = [] }) => {
      if ((use === "until") !== (until !== null)) {
        throw new OvError("usage/invalid", "Cannot grant: --until goes with a time, and only with it");
      }
      for (const name of secrets) requireSecretName(name);
      const { app, env } = door.context();
      const session = await door.unlockTyped(
        [
          `Allow a command to get ${secrets.join(", ") || "no secret"} of ${app}/${env}:`,
          `  ${quoteCommand(argv)}`,
          ...parseArgs(argv).flatMap((arg) => typeof arg === "string" ? [] : [`  {${arg.any}} is any one argument`]),
          ...trees.map((folder) => `  as long as no file below ${printable(door.path(folder))} changes`),
        ].join("\n"),
      );
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
      if (until !== null && until <= now) {
        throw new OvError("usage/invalid", "Cannot grant: the time until which it is to hold has passed");
      }
      const bound: TreePin[] = [];
      for (const folder of trees) {
        const { paths: _paths, ...tree } = await readTree(door.path(folder));
        bound.push(tree);
      }
      const [program = "", ...args] = parseArgs(argv);
      if (typeof program !== "string") {
        throw new OvError("usage/invalid", "Cannot grant: the program can not be any one", {
          hint: "Only arguments can be left open, as {name}.",
        });
      }
      const exact = grantFor(run.request, use, now, until);
      const grant = { ...exact, argv: args, ...(bound.length === 0 ? {} : { trees: bound }) };
      await recordGrant(session, grant, "human");
      await storeGrant(session, grant, now);
      return { grant: viewOf(grant), warnings };
    },
    "grant.revoke": async ({ id }) => {
      const session = await door.unlock("Revoke a grant.");
      const { id: found, app, env, program, secrets } = await findGrant(session, id);
      await session.appendAudit({ action: "revoke", origin: "human", grant: found, app, env, program, secrets });
      await revokeGrant(session, found);
      return {};
    },

    "approve.list": async () => {
      const session = await door.unlock("List the requests that wait for you.");
      return { pending: (await listPending(session, door.parts.now())).map(pendingView) };
    },
    "approve.decide": async ({ id, decision }) => {
      const session = await door.unlockTyped(
        id === null
          ? "Answer what agents asked for."
          : `${decision === "deny" ? "Refuse" : "Answer"} the request ${printable(id)}.`,
      );
      const now = door.parts.now();
      const waiting = await listPending(session, now);
      if (id === null && waiting.length === 0) return null;
      const pending = id === null ? await choose(door, waiting) : waiting.find((each) => each.id === id);
      if (pending === undefined) {
        throw new OvError("request/not-found", "Cannot approve: no such request waits", {
          hint: "`ov approve --list` shows those that do; a request waits for an hour.",
        });
      }
      const foreign = foreignBase(pending.request.base ?? {}, baseEnvironment(door.start.environment));
      const consent = { ...pending.consent, warnings: [...pending.consent.warnings, ...foreign] };
      door.parts.terminal.show(consentLines(consent));
      if (decision !== null && decision !== "deny" && !consent.choices.includes(decision)) {
        throw new OvError("policy/denied", `Cannot approve with ${decision}: ${consent.warnings[0]}`, {
          hint: "Such a command can only be allowed once at a time.",
        });
      }
      const answer = decision === null ? await ask(door, consent) : await confirm(door, decision);
      const { app, env, secrets, program } = consent;
      await session.appendAudit({
        action: "approve",
        origin: "human",
        decision: answer,
        app,
        env,
        secrets,
        program,
        client: pending.client,
      });
      if (answer !== "deny") await storeGrant(session, grantFor(pending.request, answer, now), now);
      await removePending(session, pending.id);
      return { id: pending.id, consent, decision: answer };
    },
  };
}

/** What decides what the command finds, and is not as it is for the person who is asked: whoever asks has set it. */
function foreignBase(asker: BaseEnvironment, own: BaseEnvironment): string[] {
  const foldersOf = ({ PATH = "" }: BaseEnvironment) => PATH.split(delimiter).filter(isAbsolute);
  const ownFolders = new Set(foldersOf(own));
  const folders = foldersOf(asker).filter((folder) => !ownFolders.has(folder));
  const others = Object.entries(asker).filter(([name, value]) => name !== "PATH" && (own[name] ?? value) !== value);
  return [
    ...folders.map((folder) => `it also finds programs in ${folder}, which is not on your PATH`),
    ...others.map(([name, value]) => `its ${name} is ${value}, which is not yours`),
  ];
}

/** Most requests that one key can choose from. */
const MAX_CHOICES = 9;

/** The only request, or the one whose number is pressed. */
async function choose(door: Door, waiting: readonly Pending[]): Promise<Pending> {
  if (waiting.length === 1) return waiting[0]!;
  const { terminal } = door.parts;
  const shown = waiting.slice(0, MAX_CHOICES);
  shown.forEach(({ consent }, i) => terminal.show(`  ${i + 1}  ${quoteCommand(consent.argv)}\n`));
  const key = await terminal.readKey("Which? ", shown.map((_, i) => String(i + 1)));
  return shown[Number(key) - 1]!;
}

/** What the command line said, once the person has seen what it is said to: until then it was an id. */
async function confirm(door: Door, decision: Answer): Promise<Answer> {
  if (decision === "deny") return decision;
  return await door.parts.terminal.readKey(`Allow it, ${decision}: [y]es, [n]o? `, ["y", "n"]) === "y"
    ? decision
    : "deny";
}

const ANSWERS: Readonly<Record<string, Answer>> = { o: "once", s: "session", a: "always", n: "deny" };

async function ask(door: Door, { choices }: Consent): Promise<Answer> {
  const keys = Object.keys(ANSWERS).filter((key) =>
    key === "n" || (choices as readonly Answer[]).includes(ANSWERS[key]!)
  );
  const words = {
    o: "[o]nce",
    s: "for this [s]ession",
    a: "[a]lways, while command and files stay as they are",
    n: "[n]o",
  };
  const offered = keys.map((key) => words[key as keyof typeof words]).join(", ");
  return ANSWERS[await door.parts.terminal.readKey(`Allow it: ${offered}? `, keys)]!;
}
