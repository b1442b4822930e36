/** The vault with an emergency sheet and a remembered key, and one fault each in it (FORMAT §4.3). */
import { Buffer } from "node:buffer";
import type { Fault } from "./faults.ts";
import { FULL } from "./plans.ts";
import { bytesOf, hex, sha256, unhex } from "./reference.ts";
import { spellCode, spellKey } from "./sheet.ts";
import { type Plan, secretOf, writeVault, type WrittenRecord } from "./writer.ts";

const AT = FULL.created + 7;

/** {@link FULL} with both. */
export const SHEET: Plan = {
  ...FULL,
  seed: "sheet",
  wraps: [{ name: "sheet", createdAt: AT, secret: "first" }, { name: "remembered", createdAt: AT, secret: "first" }],
};

export const CODE = spellCode(secretOf(SHEET, "sheet", "first"));
export const KEY = spellKey(secretOf(SHEET, "remembered", "first"));

/** Earlier: another sheet, which the one of now took the place of. */
const EARLIER: Plan = {
  ...SHEET,
  wraps: [{ name: "sheet", createdAt: AT, secret: "earlier" }, SHEET.wraps![1]!],
};
const EARLIER_CODE = spellCode(secretOf(SHEET, "sheet", "earlier"));

const ZEROS = "00".repeat(16);
const isWrap = (recipient: number) => ({ kind, scope, id }: WrittenRecord) =>
  kind === 2 && scope === ZEROS && id === hex(Uint8Array.of(recipient)) + ZEROS;
const [isSheet, isKey] = [isWrap(4), isWrap(5)];

type Edit = (records: WrittenRecord[]) => WrittenRecord[] | Promise<WrittenRecord[]>;
type Change = (body: Uint8Array) => Uint8Array;

const flip = (at: number): Change => (body) => body.with(at < 0 ? body.length + at : at, body.at(at)! ^ 1);
const change = (which: (record: WrittenRecord) => boolean, how: Change): Edit => (records) =>
  records.map((record) => which(record) ? { ...record, body: hex(how(unhex(record.body))) } : record);
const drop = (which: (record: WrittenRecord) => boolean): Edit => (records) => records.filter((each) => !which(each));
const isHeader = ({ kind }: WrittenRecord) => kind === 1;
const isPassword = isWrap(1);

function by(opens: "code" | "key", file: string, about: string, expect: string, edit: Edit): Fault {
  const opener = opens === "code" ? { code: CODE } : { key: KEY };
  return { file, about, expect, ...opener, plan: SHEET, records: async () => await edit(await writeVault(SHEET)) };
}

const same: Edit = (records) => records;
const WRONG = "vault/wrong-password", TAMPERED = "vault/tampered", DAMAGED = "vault/damaged";

/** The wrap of another plan in the place of the one of ours. */
const from = (plan: Plan, which: (record: WrittenRecord) => boolean): Edit => async (records) => {
  const other = (await writeVault(plan)).find(which)!;
  return [...records.filter((record) => !which(record)), other];
};

export const SHEET_FAULTS: Fault[] = [
  by("code", "sheet_opens", "the sheet opens it", "ok", same),
  by("key", "remembered_opens", "the remembered key opens it", "ok", same),
  by("code", "sheet_header_other_salt", "a salt that no password fits", "ok", change(isHeader, flip(18))),
  by("code", "sheet_password_wrap_missing", "no password wrap", "ok", drop(isPassword)),
  by("code", "sheet_password_wrap_cut", "a password wrap that is cut", "ok", change(isPassword, (b) => b.slice(0, -1))),
  by("code", "sheet_header_created", "another time in the header", WRONG, change(isHeader, flip(57))),
  by("code", "sheet_header_vault_id", "another vault id in the header", WRONG, change(isHeader, flip(34))),
  by("code", "sheet_header_magic", "another magic", DAMAGED, change(isHeader, flip(0))),
  by("code", "sheet_missing", "no sheet", "sheet/not-found", drop(isSheet)),
  by("code", "sheet_cut", "one byte short", DAMAGED, change(isSheet, (body) => body.slice(0, -1))),
  by("code", "sheet_longer", "one byte more", DAMAGED, change(isSheet, (body) => bytesOf(body, new Uint8Array(1)))),
  by("code", "sheet_empty", "no bytes", DAMAGED, change(isSheet, () => new Uint8Array(0))),
  by("code", "sheet_check", "another check", WRONG, change(isSheet, flip(0))),
  by("code", "sheet_check_end", "another check, in its last byte", WRONG, change(isSheet, flip(31))),
  by("code", "sheet_nonce", "another nonce", TAMPERED, change(isSheet, flip(32))),
  by("code", "sheet_seal", "another ciphertext", TAMPERED, change(isSheet, flip(50))),
  by("code", "sheet_tag", "another tag", TAMPERED, change(isSheet, flip(-1))),
  by("code", "sheet_is_remembered", "the two wraps in each other's place", WRONG, (records) => {
    const [sheet, key] = [records.find(isSheet)!, records.find(isKey)!];
    return records.map((record) =>
      record === sheet ? { ...sheet, body: key.body } : record === key ? { ...key, body: sheet.body } : record
    );
  }),
  by(
    "code",
    "sheet_of_other_vault",
    "the sheet's wrap of another vault",
    WRONG,
    from({ ...SHEET, seed: "x" }, isSheet),
  ),
  {
    ...by("code", "sheet_other_code", "the code of an earlier sheet", WRONG, same),
    code: EARLIER_CODE,
  },
  {
    ...by("code", "sheet_put_back", "an earlier sheet put back, with its code", TAMPERED, from(EARLIER, isSheet)),
    code: EARLIER_CODE,
  },
  {
    file: "sheet_revoked",
    about: "a revoked sheet put back: no document names it",
    expect: TAMPERED,
    code: CODE,
    plan: SHEET,
    records: async () => {
      const revoked = await writeVault({ ...SHEET, wraps: [SHEET.wraps![1]!] });
      return [...revoked, (await writeVault(SHEET)).find(isSheet)!];
    },
  },
  ...([
    ["sheet_digest_other", "a document with another digest", (body) => ({ digest: hex(sha256(flip(0)(body))) })],
    ["sheet_digest_case", "a digest in upper case", (body) => ({ digest: hex(sha256(body)).toUpperCase() })],
    ["sheet_digest_base64", "a digest in base64", (body) => ({ digest: Buffer.from(sha256(body)).toString("base64") })],
    ["sheet_digest_number", "a digest that is no text", () => ({ digest: 1 })],
    ["sheet_digest_missing", "a document without a digest", () => ({})],
    ["sheet_document_null", "a document that is null", () => null],
  ] as [string, string, (body: Uint8Array) => unknown][]).map(([file, about, named]): Fault => ({
    file,
    about,
    expect: TAMPERED,
    code: CODE,
    plan: SHEET,
    records: () => writeVault({ ...SHEET, wraps: [{ ...SHEET.wraps![0]!, named }, SHEET.wraps![1]!] }),
  })),
  by("key", "remembered_missing", "no remembered key", WRONG, drop(isKey)),
  by("key", "remembered_check", "another check", WRONG, change(isKey, flip(0))),
  by("key", "remembered_seal", "another ciphertext", TAMPERED, change(isKey, flip(50))),
  by("key", "remembered_cut", "one byte short", DAMAGED, change(isKey, (body) => body.slice(0, -1))),
];
