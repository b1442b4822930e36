/** The header (FORMAT §4.1): the only part that is read before the password is known. */
import { concatBytes, encodeUtf8, equalBytes, OvError } from "../base/mod.ts";
import { type KdfCost, makeRandom, u16, u32, u64, u8 } from "../crypto/envelope.ts";
import { FORMAT_VERSION, KDF_CAP, KDF_FLOOR } from "./limits.ts";
import { parseCanonical, type Reader } from "./layout.ts";
import { damaged } from "./refusal.ts";

const MAGIC = encodeUtf8("OVLT");
const KDF_ARGON2ID = 1;
const FLAG_ACCOUNT_KEY = 1;

/** What the header says. */
export interface Header {
  readonly kdf: KdfCost;
  /** Whether an account key is mixed into the KEK. */
  readonly needsAccountKey: boolean;
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** 16 bytes. */
  readonly vaultId: Uint8Array;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

/** A header with a fresh salt, and with a fresh vault id unless one is given. Throws `RangeError` for a cost out of bounds. */
export function makeHeader(kdf: KdfCost, createdAt: number, vaultId: Uint8Array = makeRandom(16)): Header {
  if (!isAllowedCost(kdf)) throw new RangeError("KDF cost out of bounds");
  return { kdf, needsAccountKey: false, salt: makeRandom(16), vaultId, createdAt };
}

/** Whether the cost is within floor and cap. */
export function isAllowedCost(cost: KdfCost): boolean {
  return (["memoryKib", "passes", "parallelism"] as const).every((part) =>
    Number.isInteger(cost[part]) && cost[part] >= KDF_FLOOR[part] && cost[part] <= KDF_CAP[part]
  );
}

/** 62 bytes. */
export function encodeHeader(header: Header): Uint8Array<ArrayBuffer> {
  return concatBytes(
    MAGIC,
    u16(FORMAT_VERSION),
    u8(KDF_ARGON2ID),
    u8(header.needsAccountKey ? FLAG_ACCOUNT_KEY : 0),
    u32(header.kdf.memoryKib),
    u32(header.kdf.passes),
    u16(header.kdf.parallelism),
    header.salt,
    header.vaultId,
    u64(header.createdAt),
    u32(0),
  );
}

/** The header; refuses with `vault/damaged`, `vault/newer` or `vault/older`. */
export function parseHeader(bytes: Uint8Array): Header {
  const version = parseCanonical(bytes, (reader) => {
    reader.check(equalBytes(reader.take(4), MAGIC));
    const found = reader.u16();
    reader.rest();
    return found;
  });
  if (version === null) throw damaged("the header is not that of a vault");
  requireFormatVersion(version);
  const header = parseCanonical(bytes, readHeader);
  if (header === null) throw damaged("the header is not well-formed");
  if (!isAllowedCost(header.kdf)) throw damaged("the header asks for a KDF cost out of bounds");
  return header;
}

/** Refuses another format version than ours with `vault/newer` or `vault/older`. */
export function requireFormatVersion(version: number): void {
  if (version > FORMAT_VERSION) {
    throw new OvError("vault/newer", `Cannot open vault: its format ${version} is newer than this ov`, {
      hint: "Update ov.",
    });
  }
  if (version < FORMAT_VERSION) {
    throw new OvError("vault/older", `Cannot open vault: its format ${version} is older than this ov reads`, {
      hint: "Open it with the ov that wrote it, export it, and import it here.",
    });
  }
}

function readHeader(reader: Reader): Header {
  reader.take(4 + 2);
  reader.check(reader.u8() === KDF_ARGON2ID);
  const flags = reader.u8();
  reader.check((flags & ~FLAG_ACCOUNT_KEY) === 0);
  const kdf = { memoryKib: reader.u32(), passes: reader.u32(), parallelism: reader.u16() };
  const header = {
    kdf,
    needsAccountKey: flags === FLAG_ACCOUNT_KEY,
    salt: reader.take(16),
    vaultId: reader.take(16),
    createdAt: reader.u64(),
  };
  reader.check(reader.u32() === 0);
  return header;
}
