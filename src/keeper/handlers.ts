import type { Door } from "./door.ts";
import { appHandlers } from "./ops/apps.ts";
import { auditHandlers } from "./ops/audit.ts";
import { backupHandlers } from "./ops/backup.ts";
import { clientHandlers } from "./ops/clients.ts";
import { doctorHandlers } from "./ops/doctor.ts";
import { exportHandlers } from "./ops/export.ts";
import { grantHandlers } from "./ops/grants.ts";
import { importHandlers } from "./ops/import.ts";
import { initHandlers } from "./ops/init.ts";
import { mcpHandlers } from "./ops/mcp.ts";
import { passwordHandlers } from "./ops/password.ts";
import { rotateHandlers } from "./ops/rotate.ts";
import { runHandlers } from "./ops/run.ts";
import { secretHandlers } from "./ops/secrets.ts";
import { sheetHandlers } from "./ops/sheet.ts";
import { shellHandlers } from "./ops/shell.ts";
import { machineKeyHandlers } from "./ops/machine_keys.ts";
import type { Operation, Params, Result } from "./protocol.ts";
import type { CallContext } from "./service.ts";

/** Operations on the vault's agent, which `agent/` carries out, not the keeper. */
export type AgentOperation = Extract<Operation, `agent.${string}`>;

/** One function for each of them. */
export type AgentHandlers = {
  [O in AgentOperation]: (params: Params<O>, context: CallContext) => Promise<Result<O>>;
};

/** One function for each operation of the keeper. */
export type Handlers = {
  [O in Exclude<Operation, AgentOperation>]: (params: Params<O>, context: CallContext) => Promise<Result<O>>;
};

/** Every operation over one door. */
export function handlersFor(door: Door): Handlers {
  return {
    configure: (params) => {
      door.configure(params);
      return Promise.resolve({ context: door.context() });
    },
    ...initHandlers(door),
    ...passwordHandlers(door),
    ...sheetHandlers(door),
    ...rotateHandlers(door),
    ...backupHandlers(door),
    ...doctorHandlers(door),
    ...appHandlers(door),
    ...secretHandlers(door),
    ...auditHandlers(door),
    ...importHandlers(door),
    ...exportHandlers(door),
    ...machineKeyHandlers(door),
    ...runHandlers(door),
    ...shellHandlers(door),
    ...grantHandlers(door),
    ...clientHandlers(door),
    ...mcpHandlers(door),
  };
}
