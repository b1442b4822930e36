/** One fault each, in a vault that is {@link FULL} otherwise. */
import { be, bytesOf, hex, unhex } from "./reference.ts";
import { FULL } from "./plans.ts";
import { type Place, type Plan, type Twist, writeVault, type WrittenRecord } from "./writer.ts";

export interface Fault {
  file: string;
  about: string;
  expect: string;
  password?: string;
  /** Opened by the code of the sheet, or by the unlock key, in place of the password. */
  code?: string;
  key?: string;
  /** What it is a fault of, where that is not {@link FULL}. */
  plan?: Plan;
  records: () => Promise<WrittenRecord[]>;
}

type Edit = (records: WrittenRecord[]) => WrittenRecord[];

/** After writing: nothing above is computed again. */
function edited(file: string, about: string, expect: string, edit: Edit): Fault {
  return { file, about, expect, records: async () => edit(await writeVault(FULL)) };
}

/** Before sealing: everything above is computed from it, so only this one thing is wrong. */
function twisted(
  place: Place,
  label: string,
  file: string,
  about: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Fault {
  const twist: Twist = (at, which, bytes) => at === place && which === label ? change(bytes) : bytes;
  return { file, about, expect: "vault/tampered", records: () => writeVault(FULL, twist) };
}

function planned(file: string, about: string, change: (plan: Plan) => void): Fault {
  const plan = structuredClone(FULL);
  change(plan);
  return { file, about, expect: "vault/tampered", records: () => writeVault(plan) };
}

function set(offset: number, ...values: number[]) {
  return (bytes: Uint8Array) => {
    const out = bytes.slice();
    out.set(values, offset);
    return out;
  };
}

const flip = (offset: number) => (bytes: Uint8Array) => {
  const out = bytes.slice();
  const at = offset < 0 ? out.length + offset : offset;
  out[at]! ^= 1;
  return out;
};

const append = (bytes: Uint8Array) => bytesOf(bytes, new Uint8Array(1));
const cut = (bytes: Uint8Array) => bytes.slice(0, -1);

/** The `nth` record of a kind, as written: envs and secrets in the plan's order. */
const pick = (records: WrittenRecord[], kind: number, nth = 0) =>
  records.filter((record) => record.kind === kind)[nth]!;
const change = (kind: number, nth: number, how: (body: Uint8Array) => Uint8Array): Edit => (records) => {
  const record = pick(records, kind, nth);
  return records.map((other) => other === record ? { ...record, body: hex(how(unhex(record.body))) } : other);
};
const drop = (kind: number, nth = 0): Edit => (records) => {
  const record = pick(records, kind, nth);
  return records.filter((other) => other !== record);
};
const swapBodies = (kind: number, a: number, b: number): Edit => (records) => {
  const [one, two] = [pick(records, kind, a), pick(records, kind, b)];
  return records.map((other) =>
    other === one ? { ...one, body: two.body } : other === two ? { ...two, body: one.body } : other
  );
};
const add = (record: (records: WrittenRecord[]) => WrittenRecord): Edit => (records) => [...records, record(records)];

/** Puts back what a record was before `change` was made to the plan. */
function rolledBack(file: string, about: string, kinds: number[], earlier: (plan: Plan) => void): Fault {
  const plan = structuredClone(FULL);
  earlier(plan);
  return {
    file,
    about,
    expect: "vault/tampered",
    records: async () => {
      const before = await writeVault(plan);
      const key = (record: WrittenRecord) => `${record.kind}/${record.scope}/${record.id}`;
      const old = new Map(
        before.filter((record) => kinds.includes(record.kind)).map((record) => [key(record), record]),
      );
      return (await writeVault(FULL)).map((record) => old.get(key(record)) ?? record);
    },
  };
}

const HEADER = 1, WRAP = 2, MANIFEST = 3, STATE = 4, HEAD = 5, VERSION = 6, DOCUMENT = 7, AUDIT = 8;
const DAMAGED = "vault/damaged", TAMPERED = "vault/tampered", WRONG = "vault/wrong-password";
const padding = (bytes: Uint8Array) => set(bytes.length - 1, 1)(bytes);
const bucket = (bytes: Uint8Array) => bytesOf(bytes, new Uint8Array(64));
const overlong = (bytes: Uint8Array) => set(0, 0xff, 0xff, 0xff, 0xff)(bytes);

export const FAULTS: Fault[] = [
  edited("header_missing", "there is no header", DAMAGED, drop(HEADER)),
  edited("header_magic", "another magic", DAMAGED, change(HEADER, 0, set(0, 0x58))),
  edited("header_cut", "one byte short", DAMAGED, change(HEADER, 0, cut)),
  edited("header_longer", "one byte more", DAMAGED, change(HEADER, 0, append)),
  edited("header_empty", "no bytes", DAMAGED, change(HEADER, 0, () => new Uint8Array(0))),
  edited("header_version_2", "format version 2", "vault/newer", change(HEADER, 0, set(4, 0, 2))),
  edited(
    "header_version_2_longer",
    "a later header may be longer",
    "vault/newer",
    change(HEADER, 0, (body) => append(set(4, 0, 2)(body))),
  ),
  edited("header_version_0", "format version 0", "vault/older", change(HEADER, 0, set(4, 0, 0))),
  edited("header_kdf", "another KDF", DAMAGED, change(HEADER, 0, set(6, 2))),
  edited("header_flag", "an unknown flag", DAMAGED, change(HEADER, 0, set(7, 2))),
  edited("header_account_key", "an account key is needed", "vault/locked", change(HEADER, 0, set(7, 1))),
  edited("header_memory_floor", "one KiB below the floor", DAMAGED, change(HEADER, 0, set(8, ...be(19_455, 4)))),
  edited("header_memory_cap", "one KiB above the cap", DAMAGED, change(HEADER, 0, set(8, ...be(1_048_577, 4)))),
  edited("header_memory_max", "4 TiB", DAMAGED, change(HEADER, 0, set(8, 255, 255, 255, 255))),
  edited("header_passes_floor", "one pass", DAMAGED, change(HEADER, 0, set(12, ...be(1, 4)))),
  edited("header_passes_cap", "17 passes", DAMAGED, change(HEADER, 0, set(12, ...be(17, 4)))),
  edited("header_parallelism_floor", "no lane", DAMAGED, change(HEADER, 0, set(16, ...be(0, 2)))),
  edited("header_parallelism_cap", "17 lanes", DAMAGED, change(HEADER, 0, set(16, ...be(17, 2)))),
  edited("header_created", "a time above 2^53 − 1", DAMAGED, change(HEADER, 0, set(50, 0, 0x20))),
  edited("header_reserved", "the reserved field is not zero", DAMAGED, change(HEADER, 0, set(61, 1))),
  edited("header_other_passes", "another allowed cost", WRONG, change(HEADER, 0, set(12, ...be(3, 4)))),
  edited("header_other_salt", "another salt", WRONG, change(HEADER, 0, flip(18))),
  edited("header_other_vault_id", "another vault id", WRONG, change(HEADER, 0, flip(34))),
  edited("header_other_created", "another time", WRONG, change(HEADER, 0, flip(57))),
  {
    file: "password_wrong",
    about: "another password",
    expect: WRONG,
    password: "wrong",
    records: () => writeVault(FULL),
  },
  { file: "password_empty", about: "no password", expect: WRONG, password: "", records: () => writeVault(FULL) },
  {
    file: "password_longer",
    about: "the password and one byte more",
    expect: WRONG,
    password: FULL.password + "\n",
    records: () => writeVault(FULL),
  },

  edited("wrap_missing", "there is no password wrap", DAMAGED, drop(WRAP)),
  edited("wrap_cut", "one byte short", DAMAGED, change(WRAP, 0, cut)),
  edited("wrap_longer", "one byte more", DAMAGED, change(WRAP, 0, append)),
  edited("wrap_check", "another check", WRONG, change(WRAP, 0, flip(0))),
  edited("wrap_nonce", "another nonce", TAMPERED, change(WRAP, 0, flip(32))),
  edited("wrap_seal", "another ciphertext", TAMPERED, change(WRAP, 0, flip(50))),
  edited("wrap_tag", "another tag", TAMPERED, change(WRAP, 0, flip(-1))),

  edited("manifest_missing", "there is no manifest", DAMAGED, drop(MANIFEST)),
  edited("manifest_empty", "no bytes", TAMPERED, change(MANIFEST, 0, () => new Uint8Array(0))),
  edited("manifest_revision", "the revision in the open is another", TAMPERED, change(MANIFEST, 0, flip(7))),
  edited("manifest_tag", "another tag", TAMPERED, change(MANIFEST, 0, flip(-1))),
  rolledBack("manifest_rolled_back", "an earlier manifest", [MANIFEST], (plan) => {
    plan.revision = 8;
    plan.envs[0]!.secrets[0]!.versions.pop();
  }),
  twisted("manifest revision", "", "manifest_revision_zero", "revision 0", () => be(0, 8)),
  twisted("manifest padded", "", "manifest_padding", "padding that is not zero", padding),
  twisted("manifest padded", "", "manifest_bucket", "more padding than prescribed", bucket),
  twisted("manifest padded", "", "manifest_length", "a length beyond the end", overlong),
  twisted("manifest payload", "", "manifest_longer", "a byte after the last field", append),
  twisted("manifest payload", "", "manifest_cut", "a byte short", cut),
  twisted(
    "manifest payload",
    "",
    "manifest_audit_count",
    "one audit record more than there is",
    (bytes) => set(bytes.length - 40, ...be(4, 8))(bytes),
  ),
  planned("manifest_apps_order", "apps not sorted", (plan) => plan.apps.reverse()),
  planned("manifest_app_twice", "an app twice", (plan) => plan.apps.push(plan.apps.at(-1)!)),
  planned("manifest_app_slug", "an app that is no slug", (plan) => plan.apps[2]!.app = "z_empty"),
  planned("manifest_app_unnamed", "an app without a name", (plan) => plan.apps.unshift({ app: "", created: 0 })),
  planned("manifest_envs_order", "envs not sorted", (plan) => plan.envs.reverse()),
  planned("manifest_env_twice", "an env twice", (plan) => plan.envs.push(structuredClone(plan.envs[1]!))),
  planned("manifest_env_slug", "an env that is no slug", (plan) => plan.envs[1]!.env = "Production"),
  planned("manifest_generation_zero", "generation 0", (plan) => plan.envs[1]!.generation = 0),
  twisted("manifest env", "my-saas/production", "manifest_app_index", "an app index beyond the list", set(0, 0, 3)),
  twisted(
    "manifest env",
    "default/development",
    "manifest_secret_count",
    "one secret less than there are",
    (bytes) => set(bytes.length - 36, ...be(3, 4))(bytes),
  ),
  twisted("manifest env", "default/development", "manifest_set_mac", "another set MAC", flip(-1)),
  twisted(
    "manifest kind",
    "",
    "manifest_kind_count",
    "one document more than there is",
    (bytes) => set(32, ...be(9, 4))(bytes),
  ),
  planned("manifest_kind_zero", "a kind without documents", (plan) => plan.emptyKinds = ["none"]),
  twisted("key block", "default/development", "key_block_tag", "keys that do not open", flip(-1)),

  edited("env_state_missing", "an env without its state", TAMPERED, drop(STATE)),
  edited("env_state_generation", "a state of another generation", TAMPERED, change(STATE, 0, flip(3))),
  edited("env_state_mac", "a state with another set MAC", TAMPERED, change(STATE, 0, flip(-1))),
  edited("env_states_swapped", "the states of two envs swapped", TAMPERED, swapBodies(STATE, 0, 1)),

  edited("head_missing", "a secret dropped", TAMPERED, drop(HEAD, 1)),
  edited(
    "head_added",
    "a secret under one more name id",
    TAMPERED,
    add((records) => {
      const head = pick(records, HEAD, 0);
      return { ...head, id: hex(flip(0)(unhex(head.id))) };
    }),
  ),
  edited("head_version", "the version in the open is another", TAMPERED, change(HEAD, 0, flip(3))),
  edited("head_tag", "another tag", TAMPERED, change(HEAD, 0, flip(-1))),
  edited("head_short", "three bytes", TAMPERED, change(HEAD, 0, (body) => body.slice(0, 3))),
  edited("heads_swapped", "two secrets under each other's name ids", TAMPERED, swapBodies(HEAD, 0, 1)),
  edited("head_of_other_env", "the secret of that name in another env", TAMPERED, swapBodies(HEAD, 0, 4)),
  rolledBack("head_rolled_back", "an earlier head", [HEAD], (plan) => plan.envs[0]!.secrets[0]!.versions.pop()),
  rolledBack("env_rolled_back", "an env with its earlier heads and state", [HEAD, STATE], (plan) => {
    plan.envs[0]!.secrets[0]!.versions.pop();
  }),
  twisted("head payload", "development/API_KEY", "head_flag", "an unknown flag", set(0, 4)),
  twisted("head payload", "development/API_KEY", "head_longer", "a byte after the last field", append),
  twisted("head payload", "development/API_KEY", "head_cut", "a byte short", cut),
  twisted("head payload", "development/API_KEY", "head_name_length", "a name length beyond the end", set(25, 255)),
  planned("head_name_rule", "a name that begins with a digit", (plan) => plan.envs[0]!.secrets[0]!.name = "1API_KEY"),
  twisted("head payload", "development/API_KEY", "head_name_utf8", "a name that is not UTF-8", set(26, 0xff)),
  twisted("head payload", "development/API_KEY", "head_other_name", "a name that gives another name id", set(26, 0x42)),
  twisted(
    "head payload",
    "development/DECOY",
    "head_no_versions",
    "a secret without versions",
    (bytes) => bytesOf(bytes.slice(0, 26 + 5), be(0, 2)),
  ),
  twisted("head padded", "development/API_KEY", "head_padding", "padding that is not zero", padding),
  twisted("head padded", "development/API_KEY", "head_bucket", "more padding than prescribed", bucket),
  twisted(
    "head version",
    "development/API_KEY",
    "head_version_not_last",
    "an open version that is not the last",
    () => be(1, 4),
  ),
  twisted("name id", "development/API_KEY", "name_id", "a secret that stands wholly under another name id", flip(0)),
  planned("head_versions_order", "versions not sorted", (plan) => plan.envs[0]!.secrets[0]!.versions.reverse()),
  planned("head_version_twice", "a version twice", (plan) => {
    const { versions } = plan.envs[0]!.secrets[0]!;
    versions.push(versions[1]!);
  }),
  planned("head_version_zero", "version 0", (plan) => plan.envs[0]!.secrets[0]!.versions[0]!.version = 0),

  edited("version_missing", "a value dropped", TAMPERED, drop(VERSION, 0)),
  edited("version_tag", "another tag", TAMPERED, change(VERSION, 0, flip(-1))),
  edited("version_dek", "another sealed DEK", TAMPERED, change(VERSION, 0, flip(20))),
  edited("version_empty", "no bytes", TAMPERED, change(VERSION, 0, () => new Uint8Array(0))),
  edited("versions_swapped", "two versions of a secret swapped", TAMPERED, swapBodies(VERSION, 0, 1)),
  edited("version_of_other_name", "the value of another secret", TAMPERED, swapBodies(VERSION, 0, 2)),
  edited("version_of_other_env", "the value of that secret in another env", TAMPERED, swapBodies(VERSION, 0, 5)),
  rolledBack("version_rolled_back", "that version as it was in an earlier life of the name", [VERSION], (plan) => {
    plan.envs[0]!.secrets[0]!.versions[0]!.value = bytesOf("fake-old");
  }),
  twisted("dek", "development/API_KEY", "dek_short", "a DEK of 31 bytes", cut),
  twisted("dek", "development/API_KEY", "dek_other", "a DEK that does not open the value", flip(0)),
  twisted("value padded", "development/API_KEY", "value_padding", "padding that is not zero", padding),
  twisted("value padded", "development/API_KEY", "value_bucket", "more padding than prescribed", bucket),
  twisted("value padded", "development/API_KEY", "value_length", "a length beyond the end", overlong),
  twisted("value size", "development/API_KEY", "value_size", "a size that is not the value's", () => be(7, 4)),
  planned("value_too_long", "a value of 65,537 bytes", (plan) => {
    plan.envs[0]!.secrets[0]!.versions[0]!.value = new Uint8Array(65_537);
  }),

  edited("document_missing", "a document dropped", TAMPERED, drop(DOCUMENT, 0)),
  edited("document_kind_missing", "the only document of its kind dropped", TAMPERED, drop(DOCUMENT, 2)),
  edited(
    "document_added",
    "a document under one more id",
    TAMPERED,
    add((records) => {
      const document = pick(records, DOCUMENT, 0);
      return { ...document, id: hex(flip(0)(unhex(document.id))) };
    }),
  ),
  edited("document_revision", "the revision in the open is another", TAMPERED, change(DOCUMENT, 0, flip(3))),
  edited("document_tag", "another tag", TAMPERED, change(DOCUMENT, 0, flip(-1))),
  edited("documents_swapped", "two documents under each other's ids", TAMPERED, swapBodies(DOCUMENT, 0, 1)),
  edited("document_of_other_kind", "a document of another kind", TAMPERED, swapBodies(DOCUMENT, 1, 2)),
  rolledBack("document_rolled_back", "an earlier document: a grant used once too often", [DOCUMENT], (plan) => {
    plan.documents[1]!.revision = 1;
    plan.documents[1]!.json = '{"uses":3}';
  }),
  twisted("document payload", "grant/one", "document_json", "JSON that does not parse", cut),
  twisted(
    "document payload",
    "grant/one",
    "document_utf8",
    "JSON that is not UTF-8",
    (bytes) => set(bytes.length - 3, 0xff)(bytes),
  ),
  twisted("document payload", "grant/one", "document_other_id", "an id that gives another document id", set(7, 0x4f)),
  twisted("document payload", "grant/one", "document_other_kind", "a kind that gives another kind id", set(1, 0x47)),
  twisted("document padded", "grant/one", "document_padding", "padding that is not zero", padding),
  twisted("document revision", "grant/one", "document_revision_zero", "revision 0", () => be(0, 4)),
  twisted("document id", "grant/one", "document_id", "a document that stands wholly under another id", flip(0)),

  {
    file: "document_kind_unnamed",
    about: "a document of a kind that the manifest does not list",
    expect: TAMPERED,
    records: async () => {
      const without = { ...FULL, documents: FULL.documents.filter((document) => document.kind !== "policy") };
      return [...await writeVault(without), pick(await writeVault(FULL), DOCUMENT, 2)];
    },
  },
  planned("document_under_other_kind", "a document that was sealed under another kind", (plan) => {
    plan.documents[2]!.under = "grant";
  }),

  edited("audit_cut", "the last record cut off", TAMPERED, drop(AUDIT, 2)),
  edited("audit_first_missing", "the first record dropped", TAMPERED, drop(AUDIT, 0)),
  edited("audit_gap", "a record moved to a later number", TAMPERED, (records) => {
    const last = pick(records, AUDIT, 2);
    return records.map((other) => other === last ? { ...last, id: hex(be(4, 8)) } : other);
  }),
  edited(
    "audit_added",
    "a copy of the last record added",
    TAMPERED,
    add((records) => ({
      ...pick(records, AUDIT, 2),
      id: hex(be(4, 8)),
    })),
  ),
  edited("audit_swapped", "two records swapped", TAMPERED, swapBodies(AUDIT, 0, 1)),
  edited("audit_changed", "another ciphertext", TAMPERED, change(AUDIT, 1, flip(20))),
  edited("audit_link", "another link", TAMPERED, change(AUDIT, 1, flip(-1))),
  edited("audit_empty", "no bytes", TAMPERED, change(AUDIT, 1, () => new Uint8Array(0))),
  rolledBack("audit_rewritten", "the last record rewritten with its own link", [AUDIT], (plan) => {
    plan.audit[2]!.json = '{"event":"other"}';
  }),
  twisted(
    "audit link",
    "2",
    "audit_link_other",
    "a link that the rest of the chain follows and that is not the MAC",
    flip(0),
  ),
  twisted("audit payload", "2", "audit_json", "JSON that does not parse", cut),
  twisted("audit padded", "2", "audit_padding", "padding that is not zero", padding),
];
