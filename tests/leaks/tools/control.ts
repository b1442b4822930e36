/** No tool at all: the command has the secret in its environment. A case that recovers nothing here is no attack. */
import type { Output } from "../decode.ts";
import { attackersEnvironment, type Placed, plainEnvironment, spawn, type Tool } from "./tool.ts";

export class Control implements Tool {
  readonly name = "no tool";
  readonly version = "";

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async run(at: Placed, argv: readonly string[], bare: boolean): Promise<Output> {
    const env = { ...await plainEnvironment(at.folder), ...attackersEnvironment(at) };
    // `env` looks the program up where the child would.
    return await spawn(["/usr/bin/env", ...argv], {
      cwd: at.folder,
      env: bare ? env : { ...env, [at.name]: at.value },
    });
  }

  surface(): Promise<null> {
    return Promise.resolve(null);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
