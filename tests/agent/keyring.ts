/** A Secret Service of its own for a test: a bus and a GNOME keyring that nobody else speaks to, unlocked. */
import { join } from "node:path";

// A bus that starts no service: else the first question would start a second, locked keyring before ours is there.
const BUS = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-BUS Bus Configuration 1.0//EN" "busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>ADDRESS</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="false"/>
    <allow eavesdrop="false"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

const KEYRING_PASSWORD = "fake-keyring-password";

/** A keyring that goes away with the test. */
export class TestKeyring implements AsyncDisposable {
  /** What makes a program find it. */
  readonly env: Readonly<Record<string, string>>;
  readonly #folder: string;
  readonly #children: readonly Deno.ChildProcess[];

  private constructor(folder: string, env: Readonly<Record<string, string>>, children: readonly Deno.ChildProcess[]) {
    this.#folder = folder;
    this.env = env;
    this.#children = children;
  }

  /** @returns `null` where this machine has no `dbus-daemon`, `gnome-keyring-daemon` or `secret-tool`, or they do not work */
  static async start(): Promise<TestKeyring | null> {
    const folder = await Deno.makeTempDir({ prefix: "ov-keyring-" });
    const children: Deno.ChildProcess[] = [];
    const spawn = (program: string, args: string[], env: Record<string, string>, input: string) => {
      const child = new Deno.Command(program, {
        args,
        clearEnv: true,
        env: { PATH: "/usr/bin:/bin", HOME: folder, XDG_RUNTIME_DIR: folder, ...env },
        stdin: "piped",
        stdout: "piped",
        stderr: "null",
      }).spawn();
      children.push(child);
      const writer = child.stdin.getWriter();
      return { child, given: writer.write(new TextEncoder().encode(input)).then(() => writer.close()) };
    };
    let keyring: TestKeyring | null = null;
    try {
      const address = `unix:path=${join(folder, "bus")}`;
      const config = join(folder, "bus.conf");
      await Deno.writeTextFile(config, BUS.replace("ADDRESS", address));
      await spawn("dbus-daemon", ["--nofork", "--nopidfile", `--config-file=${config}`], {}, "").given;
      await until(() => Deno.stat(join(folder, "bus")).then(() => true, () => false));
      const env = { DBUS_SESSION_BUS_ADDRESS: address };
      const args = ["--foreground", "--unlock", "--components=secrets"];
      await spawn("gnome-keyring-daemon", args, env, KEYRING_PASSWORD).given;
      keyring = new TestKeyring(folder, env, children);
      const started = keyring;
      if (await until(() => started.put("probe", "probe")) && await keyring.get("probe") === "probe") return keyring;
    } catch {
      // One of the programs is not there.
    }
    await (keyring ?? new TestKeyring(folder, {}, children))[Symbol.asyncDispose]();
    return null;
  }

  /** What is kept for a vault; `null` where nothing is. */
  async get(vaultId: string): Promise<string | null> {
    const { success, stdout } = await this.#secretTool(["lookup", "service", "opaquevault", "vault", vaultId]);
    return success ? new TextDecoder().decode(stdout) : null;
  }

  /** Keeps an entry for a vault. @returns whether it is kept */
  async put(vaultId: string, entry: string): Promise<boolean> {
    const args = ["store", "--label=x", "service", "opaquevault", "vault", vaultId];
    return (await this.#secretTool(args, entry)).success;
  }

  async #secretTool(args: string[], input = ""): Promise<Deno.CommandOutput> {
    const child = new Deno.Command("secret-tool", {
      args,
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin", HOME: this.#folder, ...this.env },
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(input)).then(() => writer.close()).catch(() => {});
    return await child.output();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const child of this.#children.toReversed()) {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await child.output();
    }
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** Tries until it is so, half a minute at most. */
async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 300; tries++) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}
