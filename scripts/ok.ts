/**
 * `deno task ok [STEP]…`: the gate. Runs every step, or those named, prints what a failing one said, and ends with yes or
 * no. A change is finished when it says yes.
 */
import { DENO_VERSION } from "./deno_version.ts";
import { runDeno } from "./process.ts";
import { closing, runTests } from "./test.ts";

/** A step gives the text of what is wrong, or `null`. */
type Step = () => Promise<string | null>;

const deno = (...args: string[]): Step => async () => {
  const { success, output } = await runDeno(args);
  return success ? null : output;
};

/** Every step in the order in which it runs: cheap ones first. */
export const STEPS: Readonly<Record<string, Step>> = {
  version: () =>
    Promise.resolve(
      Deno.version.deno === DENO_VERSION
        ? null
        : `This is Deno ${Deno.version.deno}, the project is held against ${DENO_VERSION}: npx -y deno@${DENO_VERSION} task ok`,
    ),
  format: deno("fmt", "--check"),
  lint: deno("lint"),
  text: deno("run", "-A", "scripts/lint/text.ts"),
  imports: deno("run", "-A", "scripts/lint/imports.ts"),
  types: deno("check", "--frozen"),
  examples: deno("test", "-A", "--frozen", "--doc", "--permit-no-files", "src", "main.ts"),
  tests: async () => {
    const counts = await runTests([]);
    return counts.failed === 0 ? null : closing(counts);
  },
};

if (import.meta.main) {
  const unknown = Deno.args.filter((name) => !Object.hasOwn(STEPS, name));
  if (unknown.length > 0) {
    console.error(`No such step: ${unknown.join(", ")}. Steps: ${Object.keys(STEPS).join(", ")}`);
    Deno.exit(2);
  }
  const failed: string[] = [];
  for (const [name, step] of Object.entries(STEPS)) {
    if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
    const wrong = await step();
    if (wrong !== null) {
      failed.push(name);
      console.log(wrong.trimEnd());
    }
    console.log(`${wrong === null ? "ok    " : "FAILED"}  ${name}`);
  }
  console.log(failed.length === 0 ? "yes" : `no: ${failed.join(", ")}`);
  if (failed.length > 0) Deno.exit(1);
}
