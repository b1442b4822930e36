/** `deno task bench`: everything that is measured, one script after the other. A number here is a report, never a test. */
import { runDeno } from "../process.ts";

for (const script of ["scripts/bench/start.ts", "scripts/bench/run.ts", "scripts/bench/mask.ts"]) {
  console.log(`\n${script}`);
  const { success } = await runDeno(["run", "-A", script], { show: true });
  if (!success) Deno.exit(1);
}
