/** `ov policy show|set` */
import { Argument } from "@commander-js/extra-typings";
import type { InterceptorMode, Mode } from "../../keeper/protocol.ts";
import type { Cli } from "../command.ts";
import { grantText } from "../consent_text.ts";
import type { Invocation } from "../invocation.ts";
import { printable } from "../text.ts";

const MODES = ["ask", "listed", "open"] as const;
const MEANING: Readonly<Record<Mode, string>> = {
  ask: "ask before a command gets secrets, unless a grant covers it",
  listed: "only commands with a grant made beforehand get secrets",
  open: "any command gets secrets, its output still masked",
};

/** Builds the group. */
export function build(cli: Cli) {
  return cli.group("policy", "Show or set who is asked before a command gets secrets", [
    show(cli),
    set(cli),
    intercept(cli),
  ]);
}

function show(cli: Cli) {
  return cli.leaf("show", "Show the mode of the environment and its grants", ["ov policy show"])
    .action((_options, command) => cli.runKept(command, showPolicy));
}

function set(cli: Cli) {
  const modes = MODES.map((mode) => `${mode}: ${MEANING[mode]}`).join("; ");
  return cli.leaf("set", "Set the mode of the environment; asks for the master password", ["ov policy set listed"])
    .description(`Set the mode of the environment. The master password must be typed on the terminal. ${modes}.`)
    .addArgument(new Argument("<mode>", "who is asked").choices(MODES))
    .action((mode, _options, command) => cli.runKept(command, (at) => setPolicy(at, mode)));
}

function intercept(cli: Cli) {
  return cli.leaf("intercept", "Set what becomes of an agent's call that holds a secret", ["ov policy intercept warn"])
    .description(
      "Set what becomes of an agent's call that holds a value of the vault, or something that looks like a secret. " +
        "block: it is refused; warn: it is let through. Either way it is counted and recorded. The master password must " +
        "be typed on the terminal.",
    )
    .addArgument(new Argument("<mode>", "block or warn").choices(["block", "warn"] as const))
    .action((mode, _options, command) => cli.runKept(command, (at) => setInterceptor(at, mode)));
}

/** Sets the interceptor; the keeper asks for the password. */
export async function setInterceptor(at: Invocation, mode: InterceptorMode): Promise<void> {
  const done = await at.keeper.call("policy.intercept", { mode });
  const where = `${printable(done.app)}/${printable(done.env)}`;
  const meaning = mode === "block"
    ? "calls that hold a secret are refused"
    : "calls that hold a secret are let through";
  await at.done(`${where}: ${mode}, was ${done.previous} (${meaning}, and recorded).\n`, done);
}

/** Shows mode and grants. */
export async function showPolicy(at: Invocation): Promise<void> {
  const policy = await at.keeper.call("policy.show", {});
  const now = at.io.now();
  let text = `${printable(policy.app)}/${printable(policy.env)}: ${policy.mode} (${MEANING[policy.mode]})\n`;
  for (const grant of policy.grants) text += `\n${grantText(grant, now)}`;
  await at.result(text, policy);
}

/** Sets the mode; the keeper asks for the password. */
export async function setPolicy(at: Invocation, mode: Mode): Promise<void> {
  const done = await at.keeper.call("policy.set", { mode });
  const where = `${printable(done.app)}/${printable(done.env)}`;
  await at.done(`${where}: ${done.mode}, was ${done.previous} (${MEANING[done.mode]}).\n`, done);
}
