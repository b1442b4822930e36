/**
 * Writes the records of a vault from a plan, with keys, salts and nonces drawn from labels, so that the same plan gives the
 * same bytes. A `twist` may change any plaintext before it is sealed: whatever stands above it is computed from the twisted one, so
 * that the vault is authentic and wrong in that one place.
 */
import { Buffer } from "node:buffer";
import {
  be,
  type Bytes,
  bytesOf,
  context,
  type Cost,
  envKeysOf,
  header,
  hex,
  hkdf,
  hmac,
  kek,
  pad,
  seal,
  setItems,
  sha256,
} from "./reference.ts";
import { rootWrap, type WrapName, WRAPS } from "./sheet.ts";

/** A record, all in hex but the kind. */
export interface WrittenRecord {
  kind: number;
  scope: string;
  id: string;
  body: string;
}

export interface PlannedSecret {
  name: string;
  flags: number;
  created: number;
  updated: number;
  deleted: number;
  versions: { version: number; created: number; value: Bytes }[];
}

export interface Plan {
  /** Keys and nonces are drawn under this. */
  seed: string;
  password: string;
  cost: Cost;
  created: number;
  revision: number;
  apps: { app: string; created: number }[];
  envs: { app: string; env: string; created: number; generation: number; secrets: PlannedSecret[] }[];
  /** `under`: the kind whose id it is wrongly given. */
  documents: { kind: string; id: string; revision: number; json: string; under?: string }[];
  /** Kinds that the manifest lists without documents, which is wrong. */
  emptyKinds?: string[];
  audit: { at: number; json: string }[];
  /** Further wraps of the root key, each with its document; `named` is what is wrongly in that. */
  wraps?: { name: WrapName; createdAt: number; secret: string; named?: (body: Bytes) => unknown }[];
}

/** The secret of a further wrap, drawn under a label. */
export function secretOf(plan: Plan, name: WrapName, label: string): Bytes {
  return sha256(bytesOf(plan.seed, `/${name} secret ${label}`)).subarray(0, WRAPS[name].size);
}

/** Places where a twist is asked, with the bytes that would be written there. */
export type Place =
  | "header"
  | "manifest env"
  | "manifest kind"
  | "manifest payload"
  | "manifest padded"
  | "manifest revision"
  | "key block"
  | "head payload"
  | "head padded"
  | "head version"
  | "name id"
  | "dek"
  | "value padded"
  | "value size"
  | "document payload"
  | "document padded"
  | "document revision"
  | "document id"
  | "audit link"
  | "audit payload"
  | "audit padded";

/** @param label which one of its kind: `development/NAME`, `grant/one`, `2` */
export type Twist = (place: Place, label: string, bytes: Bytes) => Bytes;

export async function writeVault(
  plan: Plan,
  twist: Twist = (_place, _label, bytes) => bytes,
): Promise<WrittenRecord[]> {
  const draw = (label: string, size: number) => sha256(bytesOf(plan.seed, "/", label)).subarray(0, size);
  const sealed = (key: Bytes, label: string, aad: Bytes, text: Bytes) =>
    seal(key, draw("nonce " + label, 12), aad, text);
  const records: WrittenRecord[] = [];
  const put = (kind: number, scope: Bytes, id: Bytes, body: Bytes) =>
    records.push({ kind, scope: hex(scope), id: hex(id), body: hex(body) });
  const none = new Uint8Array(0);
  const zeros = new Uint8Array(16);

  const vaultId = draw("vault id", 16);
  const salt = draw("salt", 16);
  const head = header(plan.cost, salt, vaultId, plan.created);
  put(1, none, none, twist("header", "", head));

  const kekBytes = await kek(plan.password, salt, vaultId, plan.cost);
  const rootKey = draw("root key", 32);
  const wrapAad = context("wrap/root", head, be(1, 1), zeros);
  const check = hmac(hkdf(kekBytes, vaultId, context("kek/check")), context("kek/check", head));
  const wrapKey = hkdf(kekBytes, vaultId, context("kek/wrap"));
  put(2, zeros, bytesOf(be(1, 1), zeros), bytesOf(check, sealed(wrapKey, "wrap", wrapAad, rootKey)));

  const namedWraps = (plan.wraps ?? []).map(({ name, createdAt, secret, named }) => {
    const nonce = draw(`nonce ${name} ${secret}`, 12);
    const of = { vaultId, created: plan.created, secret: secretOf(plan, name, secret), nonce };
    const body = rootWrap(name, of, rootKey);
    put(2, zeros, bytesOf(be(WRAPS[name].recipient, 1), zeros), body);
    const value = named === undefined ? { digest: hex(sha256(body)), createdAt } : named(body);
    return { kind: "root-wrap", id: name, revision: 1, json: JSON.stringify(value), under: undefined };
  });

  const root = (purpose: string) => hkdf(rootKey, vaultId, context("root/" + purpose));
  const envItems: Bytes[] = [];
  for (const planned of plan.envs) {
    const label = `${planned.app}/${planned.env}`;
    const envId = draw(`env id ${label}`, 16);
    const generation = be(planned.generation, 4);
    const block = bytesOf(draw(`env key ${label}`, 32), draw(`index key ${label}`, 32));
    const blockAad = context("env-key", vaultId, planned.app, planned.env, envId, generation);
    const keyBlock = twist("key block", label, sealed(root("env-key"), `block ${label}`, blockAad, block));
    const keys = envKeysOf(block, vaultId, envId);
    const heads: { id: Bytes; body: Bytes }[] = [];
    for (const secret of planned.secrets) {
      const which = `${planned.env}/${secret.name}`;
      const nameId = twist("name id", which, hmac(keys.index, context("name", planned.app, planned.env, secret.name)));
      const aad = (purpose: string, version: Bytes) =>
        context(purpose, vaultId, planned.app, planned.env, nameId, version);
      const entries: Bytes[] = [];
      for (const { version, created, value } of secret.versions) {
        const nonce = `${label} ${secret.name} ${version}`;
        const number = be(version, 4);
        const dek = twist("dek", which, draw(`dek ${nonce}`, 32));
        const body = bytesOf(
          sealed(keys.dek, `dek ${nonce}`, aad("dek", number), dek),
          sealed(
            draw(`dek ${nonce}`, 32),
            `value ${nonce}`,
            aad("value", number),
            twist("value padded", which, pad(value)),
          ),
        );
        put(6, envId, bytesOf(nameId, number), body);
        entries.push(number, be(created, 8), twist("value size", which, be(value.length, 4)), sha256(body));
      }
      const payload = twist(
        "head payload",
        which,
        bytesOf(
          be(secret.flags, 1),
          be(secret.created, 8),
          be(secret.updated, 8),
          be(secret.deleted, 8),
          be(secret.name.length, 1),
          secret.name,
          be(secret.versions.length, 2),
          ...entries,
        ),
      );
      const latest = twist("head version", which, be(secret.versions.at(-1)!.version, 4));
      const padded = twist("head padded", which, pad(payload));
      const nonce = `head ${label} ${secret.name} ${secret.versions.length}`;
      const body = bytesOf(latest, sealed(keys.head, nonce, aad("head", latest), padded));
      put(5, envId, nameId, body);
      heads.push({ id: nameId, body });
    }
    const setAad = [vaultId, planned.app, planned.env, envId, generation];
    const setMac = hmac(keys.set, context("set/secrets", ...setAad, ...setItems(heads)));
    put(4, envId, none, bytesOf(generation, setMac));
    const item = bytesOf(
      be(plan.apps.findIndex((entry) => entry.app === planned.app), 2),
      be(planned.env.length, 1),
      planned.env,
      envId,
      be(planned.created, 8),
      generation,
      keyBlock,
      be(heads.length, 4),
      setMac,
    );
    envItems.push(twist("manifest env", label, item));
  }

  const kinds = new Map<string, { id: Bytes; body: Bytes }[]>();
  for (const kind of plan.emptyKinds ?? []) {
    kinds.set(hex(hmac(root("document-index"), context("document-kind", kind))), []);
  }
  for (const { kind, id, revision, json, under } of [...plan.documents, ...namedWraps]) {
    const label = `${kind}/${id}`;
    const kindId = hmac(root("document-index"), context("document-kind", under ?? kind));
    const documentId = twist("document id", label, hmac(root("document-index"), context("document-id", kind, id)));
    const number = twist("document revision", label, be(revision, 4));
    const size = (text: string) => be(bytesOf(text).length, 1);
    const payload = twist("document payload", label, bytesOf(size(kind), kind, size(id), id, json));
    const padded = twist("document padded", label, pad(payload));
    const aad = context("document", vaultId, kindId, documentId, number);
    const body = bytesOf(number, sealed(root("document"), `document ${label} ${revision}`, aad, padded));
    put(7, kindId, documentId, body);
    kinds.set(hex(kindId), [...kinds.get(hex(kindId)) ?? [], { id: documentId, body }]);
  }
  const kindItems = [...kinds].sort(([a], [b]) => a < b ? -1 : 1).map(([kindHex, members]) => {
    const kindId = new Uint8Array(Buffer.from(kindHex, "hex"));
    const setMac = hmac(root("document-set"), context("set/documents", vaultId, kindId, ...setItems(members)));
    return twist("manifest kind", "", bytesOf(kindId, be(members.length, 4), setMac));
  });

  let link: Bytes = new Uint8Array(32);
  plan.audit.forEach(({ at, json }, index) => {
    const sequence = be(index + 1, 8);
    const payload = twist("audit payload", String(index + 1), bytesOf(be(at, 8), json));
    const padded = twist("audit padded", String(index + 1), pad(payload));
    const aad = context("audit", vaultId, zeros, sequence, link);
    const body = sealed(root("audit"), `audit ${index + 1} ${json}`, aad, padded);
    link = twist(
      "audit link",
      String(index + 1),
      hmac(root("audit-chain"), context("audit-link", vaultId, zeros, sequence, link, sha256(body))),
    );
    put(8, zeros, sequence, bytesOf(body, link));
  });

  const payload = twist(
    "manifest payload",
    "",
    bytesOf(
      be(plan.apps.length, 2),
      ...plan.apps.flatMap(({ app, created }) => [be(app.length, 1), app, be(created, 8)]),
      be(envItems.length, 2),
      ...envItems,
      be(kindItems.length, 2),
      ...kindItems,
      be(plan.audit.length, 8),
      link,
    ),
  );
  const revision = twist("manifest revision", "", be(plan.revision, 8));
  const padded = twist("manifest padded", "", pad(payload));
  const aad = context("manifest", vaultId, revision);
  const nonce = `manifest ${hex(sha256(padded))}`;
  put(3, none, none, bytesOf(revision, sealed(root("manifest"), nonce, aad, padded)));
  return records;
}
