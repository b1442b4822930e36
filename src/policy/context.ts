import { OvError } from "../base/mod.ts";

/** What decided an app or an environment. */
export type ContextSource = "flag" | "environment" | "project file" | "user config" | "default";

/** The app and env that a command works on, and what decided each. */
export interface ResolvedContext {
  readonly app: string;
  readonly env: string;
  readonly appFrom: ContextSource;
  readonly envFrom: ContextSource;
}

interface Choice {
  readonly app?: string | undefined;
  readonly env?: string | undefined;
}

/** Names of apps and environments (DESIGN §1). */
export function isSlug(name: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name);
}

/**
 * App and env in the order of DESIGN §10: flag, `OV_APP`/`OV_ENV`, `.ov.yaml`, user configuration, then
 * `default`/`development`. Each of the two is looked up by itself. A variable that is empty counts as not set; any
 * other empty name is refused.
 *
 * @param o what each source says, read by the caller
 * @throws OvError `usage/name` where the name that wins is not a slug; the message says where it came from
 */
export function resolveContext(o: {
  readonly flags: Choice;
  readonly environment: { readonly OV_APP?: string | undefined; readonly OV_ENV?: string | undefined };
  readonly project: Choice | null;
  readonly user: Choice;
}): ResolvedContext {
  const pick = (key: "app" | "env", variable: string | undefined, fallback: string): [string, ContextSource] => {
    const sources: readonly [string | undefined, ContextSource][] = [
      [o.flags[key], "flag"],
      [variable === "" ? undefined : variable, "environment"],
      [o.project?.[key], "project file"],
      [o.user[key], "user config"],
    ];
    for (const [name, from] of sources) {
      if (name === undefined) continue;
      if (isSlug(name)) return [name, from];
      throw new OvError("usage/name", `Cannot use ${key} ${JSON.stringify(name)} (${from}): not a valid name`, {
        hint: "Names have 1 to 63 lower-case letters, digits and inner hyphens.",
      });
    }
    return [fallback, "default"];
  };
  const [app, appFrom] = pick("app", o.environment.OV_APP, "default");
  const [env, envFrom] = pick("env", o.environment.OV_ENV, "development");
  return { app, env, appFrom, envFrom };
}
