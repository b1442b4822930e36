/**
 * The base runtime that `deno compile` appends a program to, for machines that can not download it: `OV_DENORT` holds the
 * path of a copy. Without it the tests here are skipped, which the first of them says; a release build needs none of this.
 */

/** Path of the base runtime, or `null` where the tests of compiled programs are skipped. */
export const baseRuntime: string | null = Deno.env.get("OV_DENORT") || null;

/** A test that needs the base runtime. */
export function compiledTest(name: string, run: () => Promise<void>): void {
  if (baseRuntime === null) console.log(`skipped, as OV_DENORT names no base runtime: ${name}`);
  Deno.test({ name, ignore: baseRuntime === null, fn: run });
}
