/**
 * `ov agent`: a keeper that stays, so that a password is typed once a day and not once a command. It holds one vault open
 * behind a Unix socket in a folder of the user's own, and starts the commands of `ov run` and `ov mcp` itself; their
 * masked output goes back over the socket.
 *
 * It must never answer with a key or a value, never take its being unlocked for consent (a command without a grant needs
 * the password, given for that command), serve another user, or outlive its limits. Its isolate is `worker.ts`, which
 * `main.ts` starts; `quick.ts` is the client in the main thread. Nobody else calls it.
 */
export { quickRun } from "./quick.ts";
