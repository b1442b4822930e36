import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const FIXTURE = fileURLToPath(new URL("./fixtures/guarded.ts", import.meta.url));

Deno.test("Guard ends the groups that are left when its process is killed, and no other", async () => {
  const host = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", FIXTURE],
    stdout: "piped",
    stdin: "null",
  }).spawn();
  const reader = host.stdout.getReader();
  const [watched, released] = new TextDecoder().decode((await reader.read()).value).trim().split(" ").map(Number);
  host.kill("SIGKILL");
  await host.status;
  for (let tries = 0; tries < 400 && isAlive(watched!); tries++) await new Promise((done) => setTimeout(done, 25));
  assert.ok(!isAlive(watched!), "the watched one is gone");
  assert.ok(isAlive(released!), "the other one lives");
  Deno.kill(-released!, "SIGKILL");
  await reader.cancel();
});

/** Not a zombie that nobody has collected yet. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return false;
  }
}
