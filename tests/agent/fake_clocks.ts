import type { Clocks } from "../../src/agent/limits.ts";

/** Two clocks that a test moves. */
export class FakeClocks implements Clocks {
  wallMs = 1_000_000_000_000;
  steadyMs = 5000;
  wall = (): number => this.wallMs;
  steady = (): number => this.steadyMs;
  /** Both go on, as they do while the machine is awake. */
  pass(ms: number): void {
    this.wallMs += ms;
    this.steadyMs += ms;
  }
}
