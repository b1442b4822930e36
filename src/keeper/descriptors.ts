/**
 * The keeper's share of the C library (`run/libc.ts`): opened before the permission for native code is given up, and only
 * by commands that need it.
 */
import { Descriptors } from "../run/descriptor.ts";
import { type ActivationCalls, Libc, openActivationCalls, openTerminalCalls, type TerminalCalls } from "../run/libc.ts";
import { C_LIBRARIES } from "./native.ts";

export { type Descriptor, Descriptors } from "../run/descriptor.ts";
export { POLLIN } from "../run/poller.ts";
export type { ActivationCalls, TerminalCalls } from "../run/libc.ts";

/** Descriptors and sockets of this process; `null` where the platform has none that we know. */
export function openDescriptors(platform: string): Descriptors | null {
  const libc = Libc.open(C_LIBRARIES[platform] ?? [], platform);
  return libc === null ? null : new Descriptors(libc);
}

/** Pseudo-terminals of this process; `null` where there are none. */
export function openTerminals(platform: string): TerminalCalls | null {
  return openTerminalCalls(C_LIBRARIES[platform] ?? [], platform);
}

/** What a socket of launchd's is asked for with; `null` where there is no launchd. */
export function openActivation(platform: string): ActivationCalls | null {
  return openActivationCalls(C_LIBRARIES[platform] ?? [], platform);
}
