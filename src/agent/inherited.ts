/**
 * A socket that a service manager listens on and hands over when the first client comes: sd_listen_fds(3) of systemd,
 * launch_activate_socket(3) of launchd. The agent then starts when `ov unlock` wants one, and ends when it locks.
 */
import type { ActivationCalls } from "../keeper/descriptors.ts";

/** What the socket is called in launchd's property list. */
export const LAUNCHD_SOCKET = "Agent";

/** SD_LISTEN_FDS_START. */
const FIRST_INHERITED = 3;

/**
 * The one socket that this process was started for.
 *
 * @param environment of this process; systemd says in it whom it means
 * @param pid of this process
 * @param launchd `null` where there is no launchd
 * @returns its number; `null` where there is none, or more than one
 */
export function inheritedSocket(
  environment: Readonly<Record<string, string>>,
  pid: number,
  launchd: ActivationCalls | null,
): number | null {
  if (launchd !== null) return fromLaunchd(launchd);
  // Another process's pid: the variables were meant for an ancestor, and the descriptor may be anything.
  if (environment["LISTEN_PID"] !== String(pid) || environment["LISTEN_FDS"] !== "1") return null;
  return FIRST_INHERITED;
}

/** `int launch_activate_socket(const char *name, int **fds, size_t *cnt)`; the array is ours to free. */
function fromLaunchd(calls: ActivationCalls): number | null {
  const array = new BigUint64Array(1);
  const count = new BigUint64Array(1);
  const name = new TextEncoder().encode(`${LAUNCHD_SOCKET}\0`);
  const failed = calls.launch_activate_socket(name, new Uint8Array(array.buffer), new Uint8Array(count.buffer)) !== 0;
  if (failed || array[0] === 0n) return null;
  const first = new Int32Array(1);
  if (count[0]! > 0n) calls.memmove(new Uint8Array(first.buffer), array[0]!, 4n);
  calls.free(array[0]!);
  return count[0] === 1n ? first[0]! : null;
}
