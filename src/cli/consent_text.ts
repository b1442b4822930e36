/** A grant in words. Pure. */
import type { GrantView, Pin } from "../keeper/protocol.ts";
import { printable, quoteCommand, relativeTime, table } from "./text.ts";

/** Names joined by commas, escaped; `none` where there are none. */
export function nameList(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map(printable).join(", ");
}

function pinRows(pins: readonly Pin[]): string[][] {
  return pins.map((pin, i) => [i === 0 ? "Files" : "", `${printable(pin.path)} (sha256 ${pin.sha256.slice(0, 12)}…)`]);
}

/** A grant as rows for a block of its own. */
export function grantText(grant: GrantView, now: number): string {
  return table([
    ["Grant", printable(grant.id)],
    ["Command", quoteCommand([grant.program, ...grant.argv])],
    ["Directory", printable(grant.workDir)],
    ["Secrets", nameList(grant.secrets)],
    ["From", `${printable(grant.app)}/${printable(grant.env)}`],
    ...pinRows(grant.pins),
    ...grant.trees.map(({ folder, files }) => ["Folder", `${printable(folder)} (${files} files)`]),
    ["Lasts", lifetime(grant, now)],
    ["Used", usage(grant, now)],
  ]);
}

/** How long a grant lives, in words. */
export function lifetime(grant: GrantView, now: number): string {
  if (grant.until !== null && grant.until <= now) return "expired";
  if (grant.use === "until" && grant.until !== null) return `ends ${relativeTime(grant.until, now)}`;
  if (grant.use === "session") return "this session";
  return grant.use;
}

function usage(grant: GrantView, now: number): string {
  if (grant.uses === 0 || grant.lastUsedAt === null) return "never";
  return `${grant.uses} times, last ${relativeTime(grant.lastUsedAt, now)}`.replace(/^1 times/, "once");
}
