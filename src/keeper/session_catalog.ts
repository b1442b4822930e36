/** Apps and envs of a session: making, listing, removing. */
import { isSlug, OvError } from "../base/mod.ts";
import { makeRandom } from "../crypto/envelope.ts";
import { deriveSecretsMac, type EnvEntry, KIND, makeKeyBlock, openKeyBlock, type RootKeys } from "../vault/mod.ts";
import { type Draft, type EnvRef, envStateOf, findEnv, requireApp, type SessionCore } from "./session_core.ts";

/** Slugs of the apps, sorted. */
export function listApps(core: SessionCore): Promise<string[]> {
  return core.read(({ manifest }) => Promise.resolve(manifest.apps.map((entry) => entry.app)));
}

/** The envs, sorted by app, then env. */
export function listEnvs(core: SessionCore): Promise<EnvRef[]> {
  return core.read(({ manifest }) => Promise.resolve(manifest.envs.map(({ app, env }) => ({ app, env }))));
}

/** Makes an app without envs. `usage/name`, `app/exists`. */
export function createApp(core: SessionCore, app: string): Promise<void> {
  requireSlug("app", app);
  return core.change((draft) => {
    if (draft.manifest.apps.some((entry) => entry.app === app)) {
      throw new OvError("app/exists", `Cannot create app: ${JSON.stringify(app)} is there already`);
    }
    draft.manifest = { ...draft.manifest, apps: [...draft.manifest.apps, { app, createdAt: core.now() }] };
    return Promise.resolve();
  });
}

/** Removes an app with all its envs and their secrets, for good. `app/not-found`. */
export function deleteApp(core: SessionCore, app: string): Promise<void> {
  return core.change((draft) => {
    requireApp(draft.manifest, app);
    for (const entry of draft.manifest.envs) if (entry.app === app) draftEnvRemoval(draft, entry);
    draft.manifest = { ...draft.manifest, apps: draft.manifest.apps.filter((entry) => entry.app !== app) };
    return Promise.resolve();
  });
}

/** Makes an env in an app that is there. `usage/name`, `app/not-found`, `env/exists`. */
export function createEnv(core: SessionCore, ref: EnvRef): Promise<void> {
  requireSlug("env", ref.env);
  return core.change(async (draft) => {
    requireApp(draft.manifest, ref.app);
    if (draft.manifest.envs.some((entry) => entry.app === ref.app && entry.env === ref.env)) {
      throw new OvError("env/exists", `Cannot create env: ${ref.app}/${ref.env} is there already`);
    }
    const entry = await makeEnvEntry(core.keys, ref, core.now());
    draft.manifest = { ...draft.manifest, envs: [...draft.manifest.envs, entry] };
    draft.changes.push({ put: envStateOf(entry) });
  });
}

/** Removes an env with all its secrets, for good; the app stays. `app/not-found`, `env/not-found`. */
export function deleteEnv(core: SessionCore, ref: EnvRef): Promise<void> {
  return core.change((draft) => {
    draftEnvRemoval(draft, findEnv(draft.manifest, ref));
    return Promise.resolve();
  });
}

/** The manifest's entry for a new env without secrets, with keys of its own. */
export async function makeEnvEntry(keys: RootKeys, ref: EnvRef, createdAt: number): Promise<EnvEntry> {
  const context = { vaultId: keys.vaultId, app: ref.app, env: ref.env, envId: makeRandom(16), generation: 1 };
  const keyBlock = await makeKeyBlock(keys, context);
  const setMac = await deriveSecretsMac(await openKeyBlock(keys, context, keyBlock), []);
  const { app, env, envId, generation } = context;
  return { app, env, envId, createdAt, generation, keyBlock, secretCount: 0, setMac };
}

/** `usage/name` unless `text` is a slug (DESIGN §1). */
export function requireSlug(what: "app" | "env", text: string): void {
  if (isSlug(text)) return;
  throw new OvError("usage/name", `Cannot name ${what}: ${JSON.stringify(text)} is not allowed`, {
    hint: "Use 1 to 63 lower-case letters, digits and inner hyphens.",
  });
}

function draftEnvRemoval(draft: Draft, gone: EnvEntry): void {
  draft.manifest = { ...draft.manifest, envs: draft.manifest.envs.filter((entry) => entry.envId !== gone.envId) };
  for (const kind of [KIND.envState, KIND.head, KIND.version, KIND.wrap]) {
    draft.changes.push({ removeScope: { kind, scope: gone.envId } });
  }
}
