/** `deno task bench`: everything that is measured, one script after the other. A number here is a report, never a test. */
import { runDeno } from "../process.ts";

for (const name of ["start", "run", "warm", "mask"]) {
  const script = `scripts/bench/${name}.ts`;
  console.log(`\n${script}`);
  const { success } = await runDeno(["run", "-A", script], { show: true });
  if (!success) Deno.exit(1);
}
