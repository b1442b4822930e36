/**
 * The bundle (FORMAT §12): the sealed records of one env as text with one spelling, which may be committed.
 *
 * ```text
 * {"format":"ov-bundle","version":1,"vault":"VAULT ID","env":"ENV ID","records":[
 * [KIND,"ID","BODY"],
 * ]}
 * ```
 */
import {
  decodeBase64Url,
  decodeHex,
  decodeUtf8,
  encodeBase64Url,
  encodeHex,
  equalBytes,
  OvError,
} from "../base/mod.ts";
import {
  compareBytes,
  KIND,
  MAX_HEAD_BYTES,
  MAX_MACHINE_WRAP_BYTES,
  MAX_SECRETS_OF_AN_ENV,
  recipientIdOf,
  type VaultRecord,
} from "../vault/mod.ts";

const BUNDLE_VERSION = 1;
const ID_BYTES = 16;
const NAME_ID_BYTES = 32;
const ENV_STATE_BYTES = 36;
const MAX_VERSION_BYTES = 128 * 1024;

/** Largest bundle that is read, in bytes; a full one of small values has about 8 MiB. */
export const MAX_BUNDLE_BYTES = 64 * 1_048_576;

/** The sealed records of one env. */
export interface Bundle {
  /** 16 bytes. */
  readonly vaultId: Uint8Array;
  /** 16 bytes; the scope of every record. */
  readonly envId: Uint8Array;
  readonly records: readonly VaultRecord[];
}

/** The bundle's text, as bytes; the records in any order. Throws `TypeError` for records that no bundle holds. */
export function encodeBundle(bundle: Bundle): Uint8Array<ArrayBuffer> {
  const records = bundle.records.toSorted(compareRecords);
  if (!isComplete(bundle.envId, records)) throw new TypeError("not the records of one env");
  return new TextEncoder().encode(write(bundle, records));
}

/**
 * The bundle in `bytes`, with every record's kind, id and size checked; what is sealed is not opened here.
 * @throws OvError `vault/damaged`, `vault/newer`
 */
export function parseBundle(bytes: Uint8Array): Bundle {
  const text = bytes.byteLength > MAX_BUNDLE_BYTES ? null : decodeUtf8(bytes);
  const parsed = text === null ? null : parseJson(text);
  if (parsed === null) throw damaged("it is no bundle");
  const { format, version, vault, env, records: rows } = parsed;
  if (format !== "ov-bundle") throw damaged("it is no bundle");
  if (Number.isSafeInteger(version) && (version as number) > BUNDLE_VERSION) {
    throw new OvError("vault/newer", `Cannot open the bundle: its format ${version} is newer than this ov`, {
      hint: "Update ov.",
    });
  }
  const [vaultId, envId] = [readId(vault), readId(env)];
  if (version !== BUNDLE_VERSION || vaultId === null || envId === null || !Array.isArray(rows)) {
    throw damaged("it is not well-formed");
  }
  const records: VaultRecord[] = [];
  for (const row of rows) {
    const record = readRecord(envId, row);
    if (record === null) throw damaged("a record is not well-formed");
    records.push(record);
  }
  const bundle = { vaultId, envId, records };
  // One spelling: what would be written otherwise is refused, and with it a wrong order, duplicates and stray fields.
  if (!isComplete(envId, records) || write(bundle, records) !== text) throw damaged("it is not in its canonical form");
  return bundle;
}

function write({ vaultId, envId }: Bundle, records: readonly VaultRecord[]): string {
  const head = `{"format":"ov-bundle","version":${BUNDLE_VERSION},"vault":"${encodeHex(vaultId)}","env":"${
    encodeHex(envId)
  }","records":[`;
  const rows = records.map(({ kind, id, body }) => `[${kind},"${encodeBase64Url(id)}","${encodeBase64Url(body)}"]`);
  return `${head}\n${rows.join(",\n")}\n]}\n`;
}

function readRecord(scope: Uint8Array, row: unknown): VaultRecord | null {
  if (!Array.isArray(row) || row.length !== 3) return null;
  const [kind, idText, bodyText] = row as unknown[];
  const id = typeof idText === "string" ? decodeBase64Url(idText) : null;
  const body = typeof bodyText === "string" ? decodeBase64Url(bodyText) : null;
  if (typeof kind !== "number" || id === null || body === null) return null;
  const record = { kind, scope, id, body };
  return isAllowed(record) ? record : null;
}

/** Only what a machine key can use, in sizes that it can have. */
function isAllowed({ kind, id, body }: VaultRecord): boolean {
  switch (kind) {
    case KIND.wrap:
      return recipientIdOf(id) !== null && body.byteLength <= MAX_MACHINE_WRAP_BYTES;
    case KIND.envState:
      return id.byteLength === 0 && body.byteLength === ENV_STATE_BYTES;
    case KIND.head:
      return id.byteLength === NAME_ID_BYTES && body.byteLength <= MAX_HEAD_BYTES;
    case KIND.version:
      return id.byteLength === NAME_ID_BYTES + 4 && body.byteLength <= MAX_VERSION_BYTES;
    default:
      return false;
  }
}

function isComplete(envId: Uint8Array, records: readonly VaultRecord[]): boolean {
  const ofKind = (kind: number) => records.filter((record) => record.kind === kind).length;
  return envId.byteLength === ID_BYTES && records.every(isAllowed) &&
    records.every((record) => equalBytes(record.scope, envId)) &&
    records.every((record, i) => i === 0 || compareRecords(records[i - 1]!, record) < 0) &&
    ofKind(KIND.envState) === 1 && ofKind(KIND.head) <= MAX_SECRETS_OF_AN_ENV;
}

function compareRecords(a: VaultRecord, b: VaultRecord): number {
  return a.kind - b.kind || compareBytes(a.id, b.id);
}

function readId(value: unknown): Uint8Array | null {
  const id = typeof value === "string" ? decodeHex(value) : null;
  return id?.byteLength === ID_BYTES ? id : null;
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : null;
  } catch {
    return null;
  }
}

function damaged(state: string): OvError {
  return new OvError("vault/damaged", `Cannot open the bundle: ${state}`, {
    hint: "Write it again with `ov export --bundle FILE`.",
  });
}
