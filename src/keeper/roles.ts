import type { Operation } from "./protocol.ts";

/**
 * The operations that each subcommand opens, fixed before any npm package is loaded: hostile code in the front of
 * `ov status` can not ask for a run, and that of `ov mcp` can not ask for an export.
 */
const ROLES: Readonly<Record<string, readonly Operation[]>> = {
  status: ["status", "agent.status"],
  doctor: ["doctor", "status"],
  init: ["init", "status"],
  password: ["password.change", "password.sheet", "password.reset"],
  rotate: ["rotate"],
  backup: ["backup"],
  restore: ["restore"],
  app: ["app.list", "app.create", "app.delete", "app.use"],
  env: ["env.list", "env.create", "env.delete", "env.use"],
  secret: [
    "secret.set",
    "secret.generate",
    "secret.list",
    "secret.get",
    "secret.rm",
    "secret.history",
    "secret.restore",
    "secret.canary",
    "import.plan",
    "import.apply",
  ],
  import: ["import.plan", "import.apply"],
  export: ["export", "export.bundle"],
  "machine-key": ["machine-key.create", "machine-key.list", "machine-key.revoke"],
  run: ["run"],
  shell: ["shell"],
  unlock: ["agent.unlock", "agent.forget"],
  lock: ["agent.lock"],
  agent: [
    "agent.unlock",
    "agent.serve",
    "agent.lock",
    "agent.stop",
    "agent.status",
    "agent.install",
    "agent.uninstall",
  ],
  policy: ["policy.show", "policy.set", "policy.intercept"],
  audit: ["audit.list", "audit.verify"],
  grant: ["grant.list", "grant.add", "grant.revoke"],
  approve: ["approve.list", "approve.decide"],
  client: ["client.list", "client.revoke"],
  mcp: [
    "mcp.open",
    "mcp.status",
    "mcp.list",
    "mcp.exists",
    "mcp.create",
    "mcp.update",
    "mcp.delete",
    "mcp.run",
    "mcp.intercepted",
  ],
};

/** Whether the subcommand needs a keeper at all. */
export function needsKeeper(command: string): boolean {
  return Object.hasOwn(ROLES, command);
}

/** Whether `op` is open to the subcommand. `configure` always is. */
export function isOpenTo(command: string, op: Operation): boolean {
  return op === "configure" || (Object.hasOwn(ROLES, command) && ROLES[command]!.includes(op));
}

/**
 * Subcommands whose keeper may ask the vault's agent, or be it: they start in `agent/worker.ts`, which loads the keeper's
 * own modules only where they are needed.
 */
export function mayUseAgent(command: string): boolean {
  return ["run", "mcp", "status", "shell", "unlock", "lock", "agent"].includes(command);
}

/** Subcommands that start programs: the only ones whose keeper may. `import` asks git about the file. */
export function startsPrograms(command: string): boolean {
  return ["run", "shell", "agent", "unlock", "mcp", "import", "secret", "doctor", "grant"].includes(command);
}
