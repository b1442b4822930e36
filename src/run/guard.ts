/**
 * Ends the children of a process that was killed so hard that it could not do it itself (`kill -9`). A small program
 * beside it holds the other end of a pipe: it is told each process group that begins and ends, and when the pipe closes
 * it kills those that are left. It is the system's `sh` with a fixed text that uses nothing but what is built into it;
 * it sees no value, and no word of a command.
 */
import { encodeUtf8 } from "../base/mod.ts";

const SCRIPT = `left=" "
while read -r what id; do
  case $what in
    +) left="$left$id " ;;
    -) left="\${left%% $id *} \${left#* $id }" ;;
  esac
done
for id in $left; do kill -KILL "-$id" 2>/dev/null; done`;

/** Watches over the process groups that this process leads children in. */
export class Guard {
  #child: Deno.ChildProcess | null = null;
  #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>> | null = null;

  /**
   * Starts it; where the binary may not start `sh`, or there is none, nothing is watched.
   * @returns whether it stands
   */
  start(): boolean {
    if (this.#child !== null) return true;
    if (Deno.build.os === "windows") return false;
    try {
      const child = new Deno.Command("/bin/sh", {
        args: ["-c", SCRIPT],
        clearEnv: true,
        cwd: "/",
        stdin: "piped",
        stdout: "null",
        stderr: "null",
        // A session of its own: what is sent to ours does not end it.
        detached: true,
      }).spawn();
      child.unref();
      this.#child = child;
      this.#writer = child.stdin.getWriter();
      // Killed by somebody: the next child starts another.
      void child.status.then(() => this.#child = this.#writer = null);
      return true;
    } catch {
      return false;
    }
  }

  /** A process group begins. */
  begin(pid: number): void {
    if (this.start()) this.#say(`+ ${pid}\n`);
  }

  /** It has ended, and its number may be used again. */
  end(pid: number): void {
    this.#say(`- ${pid}\n`);
  }

  #say(line: string): void {
    void this.#writer?.write(encodeUtf8(line)).catch(() => {});
  }
}
