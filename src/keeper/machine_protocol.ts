/** The messages of `ov machine-key` and `ov export`; part of `protocol.ts`. */
import type { EnvRef, Mode } from "./protocol.ts";

/** A machine key as it is shown. */
export interface MachineKeyView {
  readonly id: string;
  readonly name: string;
  /** Policy mode of its env. */
  readonly mode: Mode;
  /** What it may run where the env is not open, as words. */
  readonly commands: readonly (readonly string[])[];
  readonly allowExport: boolean;
  readonly createdAt: number;
  /** Milliseconds since the epoch; `null` where it does not expire. */
  readonly expiresAt: number | null;
}

/** Operations that give an env away: as a key, sealed, or in plain text. */
export interface MachineOperations {
  /** Writes the values to stdout or to a new file of mode 0600; the typed password, or a machine key made for it. */
  export: {
    params: {
      format: "dotenv" | "json" | "shell" | "docker" | "gha";
      output: string | null;
      only: readonly string[] | null;
      /** File of a machine key that was made for it; opens the env in place of the password. */
      machineKey?: string;
      bundle?: string;
    };
    /** `unmasked`: names of values that can not be registered as masked with the runner. */
    result: { names: readonly string[]; output: string | null; unmasked: readonly string[] };
  };
  /** Writes the sealed records of the env; nothing in it is readable without a machine key. */
  "export.bundle": {
    params: { output: string };
    result: EnvRef & { secrets: number; keys: number; output: string };
  };

  /** Writes the key itself: to a new file of mode 0600, or its base64 to stdout; the typed password, always. */
  "machine-key.create": {
    params: {
      name: string;
      /** Milliseconds since the epoch; `null` where it does not expire. */
      expiresAt: number | null;
      /** Command lines, `<name>` for any one argument. */
      commands: readonly string[];
      allowExport: boolean;
      rotate: boolean;
      output: string | null;
    };
    result: EnvRef & { key: MachineKeyView; output: string | null };
  };
  "machine-key.list": { params: Record<never, never>; result: EnvRef & { keys: readonly MachineKeyView[] } };
  "machine-key.revoke": { params: { name: string }; result: EnvRef & { id: string } };
}
