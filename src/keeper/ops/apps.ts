import { join } from "node:path";
import { isSlug, OvError } from "../../base/mod.ts";
import { serializeProjectFile } from "../../policy/mod.ts";
import { PROJECT_FILE, writeUserConfig } from "../context_files.ts";
import type { Door } from "../door.ts";
import { writeFileAtomically } from "../files.ts";
import type { Handlers } from "../handlers.ts";
import type { EnvRef } from "../protocol.ts";
import type { VaultSession } from "../vault_session.ts";

type AppOperations =
  | "app.list"
  | "app.create"
  | "app.delete"
  | "app.use"
  | "env.list"
  | "env.create"
  | "env.delete"
  | "env.use";

/** `ov app …` and `ov env …`. */
export function appHandlers(door: Door): Pick<Handlers, AppOperations> {
  return {
    "app.list": async () => {
      const session = await door.unlock("List the apps of this vault.");
      const envs = await session.listEnvs();
      const apps = await session.listApps();
      return { apps: apps.map((name) => ({ name, envs: envsOf(envs, name) })) };
    },
    "app.create": async ({ name }) => {
      requireSlug("app", name);
      const session = await door.unlock(`Create the app ${name}.`);
      await record(session, "app-create", { app: name });
      await session.createApp(name);
      // An app without an env could not be used for anything.
      await session.createEnv({ app: name, env: "development" });
      return {};
    },
    "app.delete": async ({ name }) => {
      requireSlug("app", name);
      const session = await door.unlock(`Delete the app ${name} with all its envs and secrets.`);
      await requireApp(session, name);
      const secrets = await countSecrets(session, (await session.listEnvs()).filter((ref) => ref.app === name));
      await record(session, "app-delete", { app: name });
      await session.deleteApp(name);
      return { secrets };
    },
    "app.use": async ({ name, env, here }) => {
      requireSlug("app", name);
      if (env !== undefined) requireSlug("env", env);
      const session = await door.unlock(`Use the app ${name}${here ? " in this directory" : " by default"}.`);
      await requireApp(session, name);
      return await use(door, session, { app: name, env: env ?? await defaultEnv(session, name) }, here);
    },

    "env.list": async ({ app }) => {
      const session = await door.unlock("List the envs of an app.");
      const name = app ?? door.context().app;
      await requireApp(session, name);
      return { app: name, envs: envsOf(await session.listEnvs(), name) };
    },
    "env.create": async ({ app, name }) => {
      const ref = { app: app ?? door.context().app, env: name };
      requireSlug("app", ref.app);
      requireSlug("env", name);
      const session = await door.unlock(`Create the env ${ref.app}/${name}.`);
      await requireApp(session, ref.app);
      await record(session, "env-create", ref);
      await session.createEnv(ref);
      return ref;
    },
    "env.delete": async ({ app, name }) => {
      const ref = { app: app ?? door.context().app, env: name };
      requireSlug("env", name);
      const session = await door.unlock(`Delete the env ${ref.app}/${name} with all its secrets.`);
      await door.requireEnv(session, ref);
      const secrets = await countSecrets(session, [ref]);
      await record(session, "env-delete", ref);
      await session.deleteEnv(ref);
      return { secrets };
    },
    "env.use": async ({ name, here }) => {
      requireSlug("env", name);
      const ref = { app: door.context().app, env: name };
      const session = await door.unlock(`Use ${ref.app}/${name}${here ? " in this directory" : " by default"}.`);
      return await use(door, session, ref, here);
    },
  };
}

/** Makes an env the default, or binds this directory to it; both are the user's word, so the vault is open here. */
async function use(
  door: Door,
  session: VaultSession,
  ref: EnvRef,
  here: boolean,
): Promise<{ context: EnvRef; file: string }> {
  await door.requireEnv(session, ref);
  if (!here) return { context: ref, file: writeUserConfig(door.start.configFolder, ref) };
  await record(session, "bind", ref);
  const project = door.projectFile();
  const folder = project?.folder ?? door.start.cwd;
  const file = join(folder, PROJECT_FILE);
  const { secrets } = project?.content ?? {};
  const unchanged = project?.content.app === ref.app && project.content.env === ref.env;
  if (!unchanged) {
    const text = serializeProjectFile({ ...ref, ...(secrets === undefined ? {} : { secrets: [...secrets] }) });
    writeFileAtomically(file, new TextEncoder().encode(text), 0o644);
  }
  await door.bind(session, folder, ref);
  return { context: ref, file };
}

/** Comes before the act: what can not be recorded is not done. */
async function record(session: VaultSession, action: string, ref: { app: string; env?: string }): Promise<void> {
  await session.appendAudit({ action, origin: "human", ...ref });
}

/** `development` where the app has it, else its first env. */
async function defaultEnv(session: VaultSession, app: string): Promise<string> {
  const envs = envsOf(await session.listEnvs(), app);
  return envs.includes("development") ? "development" : envs[0] ?? "development";
}

function envsOf(envs: readonly EnvRef[], app: string): string[] {
  return envs.filter((ref) => ref.app === app).map((ref) => ref.env);
}

async function countSecrets(session: VaultSession, refs: readonly EnvRef[]): Promise<number> {
  let count = 0;
  for (const ref of refs) count += (await session.listSecrets(ref)).length;
  return count;
}

async function requireApp(session: VaultSession, name: string): Promise<void> {
  const apps = await session.listApps();
  if (apps.includes(name)) return;
  throw new OvError("app/not-found", `Cannot use app "${name}": it does not exist`, {
    hint: `Create it with \`ov app create ${name}\`; there is: ${apps.join(", ") || "none"}.`,
  });
}

/** @throws OvError `usage/name` */
export function requireSlug(kind: "app" | "env", name: string): void {
  if (isSlug(name)) return;
  throw new OvError("usage/name", `Cannot use that name for an ${kind}: it is not a slug`, {
    hint: "Use 1 to 63 of a-z, 0-9 and - (not first or last).",
  });
}
