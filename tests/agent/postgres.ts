/** A PostgreSQL server for one test: a cluster of its own in a temporary folder, on a Unix socket, with a password. */
import { join } from "node:path";

/** Where the server's programs lie; `null` where there is no PostgreSQL. */
export async function postgresPrograms(): Promise<string | null> {
  const ask = await new Deno.Command("pg_config", { args: ["--bindir"], stdin: "null", stderr: "null" }).output()
    .catch(() => null);
  const folders = ask?.success === true ? [new TextDecoder().decode(ask.stdout).trim()] : [];
  const debian = "/usr/lib/postgresql";
  for (const { name } of await Array.fromAsync(Deno.readDir(debian)).catch(() => [])) {
    folders.push(join(debian, name, "bin"));
  }
  for (const folder of folders) {
    if (await Deno.stat(join(folder, "initdb")).then(() => true, () => false)) return folder;
  }
  return null;
}

/** A server that runs until it is disposed of. */
export class Postgres implements AsyncDisposable {
  /** Folder of its socket: psql's `--host`. */
  readonly folder: string;
  readonly #programs: string;

  private constructor(folder: string, programs: string) {
    this.folder = folder;
    this.#programs = programs;
  }

  /** Makes a cluster whose one user, `shop`, has `password`, and starts it. */
  static async start(programs: string, password: string): Promise<Postgres> {
    const folder = await Deno.makeTempDir({ prefix: "ov-pg-" });
    const made = new Postgres(folder, programs);
    const data = join(folder, "data");
    const passwordFile = join(folder, "password");
    await Deno.writeTextFile(passwordFile, password);
    if (Deno.uid() === 0) { for (const path of [folder, passwordFile]) await Deno.chown(path, NOBODY, NOBODY); }
    await made.#run("initdb", "-D", data, "-U", "shop", "-A", "scram-sha-256", `--pwfile=${passwordFile}`, "--no-sync");
    const options = `-c listen_addresses= -c unix_socket_directories=${folder} -c fsync=off`;
    await made.#run("pg_ctl", "-D", data, "-w", "-l", join(folder, "log"), "-o", options, "start");
    return made;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#run("pg_ctl", "-D", join(this.folder, "data"), "-w", "-m", "immediate", "stop");
    await Deno.remove(this.folder, { recursive: true });
  }

  async #run(program: string, ...args: string[]): Promise<void> {
    const path = join(this.#programs, program);
    // The server refuses to run as root.
    const command = Deno.uid() === 0
      ? ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups", path]
      : [path];
    const { success, stderr } = await new Deno.Command(command[0]!, {
      args: [...command.slice(1), ...args],
      cwd: this.folder,
      clearEnv: true,
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", HOME: this.folder },
      stdin: "null",
      // The server keeps what it is started with; a pipe would never end.
      stdout: "null",
      stderr: program === "pg_ctl" ? "null" : "piped",
    }).output().then((ended) => ({ success: ended.success, stderr: program === "pg_ctl" ? "" : text(ended.stderr) }));
    if (!success) throw new Error(`${program} failed: ${stderr}`);
  }
}

const NOBODY = 65534;

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
