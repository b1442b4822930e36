/** Where a machine key comes from: an option, a file that the environment names, or the environment itself. */
import { dirname } from "node:path";
import { OvError, Secret } from "../base/mod.ts";
import { MACHINE_KEY_BYTES } from "../vault/mod.ts";
import { readPrivateFile } from "./password_file.ts";

/** 32 bytes in base64 with padding: 43 characters and one `=`. */
const BASE64_KEY = /^[A-Za-z0-9+/]{43}=$/;
const MAX_FILE_BYTES = 64;

/** What is looked at. */
export interface MachineKeyPlaces {
  /** `--machine-key`, as an absolute path. */
  readonly file: string | undefined;
  /** The caller's variables: `OV_MACHINE_KEY_FILE`, `OV_MACHINE_KEY`, `CREDENTIALS_DIRECTORY`. */
  readonly environment: Readonly<Record<string, string>>;
  /** An absolute path for what a variable says. */
  readonly path: (given: string) => string;
  readonly platform: string;
  /** Of this process; `null` where the platform has none. */
  readonly uid: number | null;
}

/**
 * The machine key that was given, `null` where none was. A file holds the 32 bytes, or their base64 on one line.
 * @throws OvError `machine-key/unusable` where it is missing, not private, or no key
 */
export function readMachineKey(places: MachineKeyPlaces): Secret | null {
  const { file, environment } = places;
  const named = file ?? (nonEmpty(environment["OV_MACHINE_KEY_FILE"]) ? environment["OV_MACHINE_KEY_FILE"] : undefined);
  if (named !== undefined) return readKeyFile(places.path(named), places);
  const text = environment["OV_MACHINE_KEY"];
  if (!nonEmpty(text)) return null;
  const key = decodeKey(text!.trim());
  if (key === null) throw unusable("OV_MACHINE_KEY is not 32 bytes in base64", "Store what `--print` printed, whole.");
  return key;
}

function readKeyFile(path: string, { environment, platform, uid }: MachineKeyPlaces): Secret {
  const content = readPrivateFile(path, {
    platform,
    uid,
    maxBytes: MAX_FILE_BYTES,
    tooLong: `it is longer than ${MAX_FILE_BYTES} bytes`,
    // systemd gives a unit's credentials to its user by an access list, which shows as a group's right.
    shared: nonEmpty(environment["CREDENTIALS_DIRECTORY"]) && dirname(path) === environment["CREDENTIALS_DIRECTORY"],
    refuse: (state, hint, cause) =>
      new OvError("machine-key/unusable", `Cannot use the machine key: ${state}`, { hint, cause }),
    named: "Check --machine-key or OV_MACHINE_KEY_FILE.",
  });
  try {
    if (content.byteLength === MACHINE_KEY_BYTES) return new Secret("machine key", content);
    const key = decodeKey(new TextDecoder().decode(content).replace(/\r?\n$/, ""));
    if (key === null) {
      throw unusable("its file holds neither 32 bytes nor their base64", "Make one: ov machine-key create");
    }
    return key;
  } finally {
    content.fill(0);
  }
}

function decodeKey(text: string): Secret | null {
  if (!BASE64_KEY.test(text)) return null;
  const bytes = Uint8Array.fromBase64(text);
  // Another spelling of the same bytes is no key that we wrote.
  const key = bytes.toBase64() === text ? new Secret("machine key", bytes) : null;
  bytes.fill(0);
  return key;
}

function unusable(state: string, hint: string): OvError {
  return new OvError("machine-key/unusable", `Cannot use the machine key: ${state}`, { hint });
}

function nonEmpty(text: string | undefined): boolean {
  return text !== undefined && text !== "";
}
