/** The one place that turns an error into what the user sees and into the exit status. */
import { exitStatusOf, OvError } from "../base/mod.ts";
import type { Io } from "./io.ts";
import { jsonDocument } from "./json.ts";
import { printable } from "./text.ts";

/**
 * Writes an error to stderr: `ov: Action: state` and, where there is one, `hint: what to do next`; with `json`, the
 * document `{"error":{"code","message","hint"}}`, `hint` being `null` where there is none. With `debug`, the stack of an
 * error of the front follows; no value ever reaches the front, so it can show none.
 * @returns the exit status
 */
export async function reportError(
  io: Pick<Io, "err">,
  thrown: unknown,
  o: { json: boolean; debug?: boolean },
): Promise<number> {
  const error = OvError.from(thrown);
  // What an error quotes may come from a file or an agent: escaped in both forms.
  const message = printable(error.message);
  const hint = error.hint === undefined ? null : printable(error.hint);
  if (o.json) await io.err(jsonDocument({ error: { code: error.code, message, hint } }));
  else await io.err(`ov: ${message}\n${hint === null ? "" : `hint: ${hint}\n`}`);
  if (o.debug && error.cause instanceof Error) await io.err(`${error.cause.stack ?? error.cause.name}\n`);
  return exitStatusOf(error.code);
}
