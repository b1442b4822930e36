/** What the commands around the agent share: its limits as options, and what it says of itself in words. */
import type { AgentView } from "../../keeper/protocol.ts";
import { parseDurationMs } from "../parse.ts";
import { printable } from "../text.ts";

/** Options of `ov unlock` and `ov agent start`. */
export interface LimitOptions {
  readonly for?: string | undefined;
  readonly idle?: string | undefined;
}

const LONGEST = { ms: 30 * 86_400_000, words: "30d" };

/** As parameters of the keeper; `null` where nothing was said. @throws OvError `usage/invalid` */
export function limitsOf(options: LimitOptions, action: string): { forMs: number | null; idleMs: number | null } {
  return {
    forMs: options.for === undefined ? null : parseDurationMs(options.for, action, LONGEST),
    idleMs: options.idle === undefined ? null : parseDurationMs(options.idle, action, LONGEST),
  };
}

/** One line, with its end. */
export function agentText(agent: AgentView, now: number): string {
  if (agent.locked) {
    return `the agent runs (process ${agent.pid}) and is locked${
      agent.reason === null ? "" : `: ${printable(agent.reason)}`
    }.\n`;
  }
  const left = (at: number | null) => spanText(Math.max(0, (at ?? now) - now));
  const use = agent.running === 0 ? "" : `; ${agent.running} running`;
  return `locks in ${left(agent.locksAt)}, or ${
    left(agent.locksWhenIdleAt)
  } without use (process ${agent.pid}${use}).\n`;
}

/** `7 h 59 min`, `12 min`, `40 s`. */
export function spanText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}
