import { decodeUtf8, OvError, type Secret } from "../base/mod.ts";
import { hookReason } from "./hooks.ts";

/** Names that every platform can hold as an environment variable and every shell can read. */
const INJECTABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Variables that nothing runs without, and that decide what is found, loaded or started: part of what a grant fixes. */
const BASE_NAMES: readonly string[] = ["PATH", "HOME", "SHELL", "TMPDIR", "TMP", "TEMP", "USERPROFILE"];

/** The part of an environment that decides what a command finds, in an order of its own. */
export function baseEnvironment(caller: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    BASE_NAMES.filter((name) => Object.hasOwn(caller, name)).map((name) => [name, caller[name]!]),
  );
}

/** `caller` with the base of another environment in place of its own. */
export function withBase(
  caller: Readonly<Record<string, string>>,
  base: Readonly<Record<string, string>>,
): Record<string, string> {
  const others = Object.entries(caller).filter(([name]) => !BASE_NAMES.includes(name.toUpperCase()));
  return Object.assign(Object.create(null), Object.fromEntries(others), base);
}

/** Whether a secret of this name can be delivered in the environment. */
export function isInjectableName(name: string): boolean {
  return INJECTABLE.test(name);
}

/**
 * The environment of a child (DESIGN §5): the caller's, without `OV_*`, without hooks when an agent asks, plus exactly
 * the secrets given. A secret always comes from the vault: it replaces a variable of the same name, and a name that is
 * not among `secrets` is never looked up anywhere else.
 *
 * @param caller the environment of whoever asked; not changed
 * @param o `origin`: who asked; `secrets`: what was named, borrowed; the result holds their values as text
 * @throws OvError `usage/name` where a secret's name can not be a variable; `usage/value` where its value holds a NUL or
 * is not UTF-8, or a secret is given twice
 */
export function childEnvironment(
  caller: Readonly<Record<string, string>>,
  o: { readonly origin: "agent" | "human"; readonly secrets: readonly Secret[] },
): Record<string, string> {
  // No prototype: a variable called `__proto__` is a variable.
  const environment: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(caller)) {
    if (name === "" || /[=\0]/.test(name) || value.includes("\0")) continue;
    if (/^OV_/i.test(name)) continue;
    if (o.origin === "agent" && hookReason(name) !== null) continue;
    environment[name] = value;
  }
  const injected = new Set<string>();
  for (const secret of o.secrets) {
    const { name } = secret;
    if (!isInjectableName(name)) {
      throw new OvError("usage/name", `Cannot inject "${name}": it cannot be the name of an environment variable`, {
        hint: "Use letters, digits and _, and do not begin with a digit.",
      });
    }
    if (injected.has(name)) throw new OvError("usage/value", `Cannot inject ${name}: it is given twice`);
    injected.add(name);
    environment[name] = environmentText(secret);
  }
  return environment;
}

/** The value as the text that a variable can hold. */
function environmentText(secret: Secret): string {
  // EXPOSE: the value goes into the environment of the one child that it was named for
  const bytes = secret.expose();
  if (bytes.includes(0)) {
    throw new OvError("usage/value", `Cannot inject ${secret.name}: its value holds a NUL byte`, {
      hint: "An environment variable ends at a NUL byte; store the value as text, in base64 for example.",
    });
  }
  const text = decodeUtf8(bytes);
  if (text === null) {
    throw new OvError("usage/value", `Cannot inject ${secret.name}: its value is not UTF-8 text`, {
      hint: "Store binary values as text, in base64 for example.",
    });
  }
  return text;
}
