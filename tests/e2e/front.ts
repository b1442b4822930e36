/**
 * The front alone, as `main.ts` leaves it: every permission given up, then the command line, over a keeper that only
 * says what it was asked. Run by `prompts_test.ts` on a pseudo-terminal.
 */
import type { Keeper } from "../../src/keeper/client.ts";

const PLAN = {
  planId: "p1",
  target: { app: "shop", env: "development" },
  chosen: true,
  targetExists: true,
  items: ["ALPHA_KEY", "BETA_TOKEN", "LOG_LEVEL"].map((name, i) => ({
    name,
    line: i + 1,
    kind: name === "LOG_LEVEL" ? "setting" : "secret",
    reason: "as named",
    problem: null,
    maskable: true,
    state: "new",
  })),
  notes: [],
  warnings: [],
  path: "/w/.dev.vars",
  rewritable: true,
  projectFile: null,
};

const answers: Record<string, (params: Record<string, unknown>) => unknown> = {
  "configure": () => ({ context: { app: "shop", env: "development" } }),
  "import.plan": () => PLAN,
  "import.apply": ({ names, rewrite }) => ({
    target: PLAN.target,
    created: false,
    imported: (names as string[]).map((name) => ({ name, version: 1, changed: true, replaced: false })),
    settings: [],
    total: 3,
    rewritten: rewrite,
    projectFileWritten: null,
    warnings: [],
  }),
  "app.delete": () => ({ secrets: 1 }),
};

const keeper = {
  call: (op: string, params: Record<string, unknown>) => {
    console.error(`asked ${op} ${JSON.stringify(params)}`);
    return Promise.resolve(answers[op]!(params));
  },
} as unknown as Keeper;

const argv = Deno.args;
const environment = { TERM: Deno.env.get("TERM") ?? "" };
for (const name of ["read", "write", "net", "run", "ffi", "sys", "env", "import"] as const) {
  Deno.permissions.revokeSync({ name } as Deno.PermissionDescriptor);
}
const { runCli } = await import("../../src/cli/mod.ts");
Deno.exit(await runCli({ argv, keeper, version: "0.0.0", environment }));
