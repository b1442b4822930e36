/** Reads any vault that FORMAT.md allows, with the second implementation; throws where anything does not agree. */
import assert from "node:assert/strict";
import {
  be,
  type Bytes,
  bytesOf,
  context,
  envKeysOf,
  hex,
  hkdf,
  hmac,
  kek,
  number,
  open,
  setItems,
  sha256,
  unhex,
  unpad,
} from "./reference.ts";
import { openWrap, type WrapName, WRAPS } from "./sheet.ts";
import type { WrittenRecord } from "./writer.ts";

interface ReadSecret {
  name: string;
  flags: number;
  deleted: number;
  values: string[];
}

export interface ReadVault {
  envs: { app: string; env: string; secrets: ReadSecret[] }[];
  documents: { kind: string; id: string; revision: number; value: unknown }[];
  audit: { at: number; entry: unknown }[];
}

/** Takes bytes from the front. */
function cursor(bytes: Bytes) {
  let at = 0;
  const take = (size: number) => {
    assert.ok(at + size <= bytes.length);
    at += size;
    return bytes.slice(at - size, at);
  };
  return {
    take,
    int: (size: number) => number(take(size)),
    text: (size: number) => new TextDecoder().decode(take(size)),
    rest: () => take(bytes.length - at),
    end: () => assert.equal(at, bytes.length),
  };
}

/** @param wraps secrets of further wraps, each of which must give the same root key and be named by its document */
export async function readVault(
  records: WrittenRecord[],
  password: string,
  kinds: string[],
  wraps: Partial<Record<WrapName, Bytes>> = {},
): Promise<ReadVault> {
  const used = new Set<WrittenRecord>();
  const get = (kind: number, scope = "", id = ""): Bytes => {
    const found = records.find((record) => record.kind === kind && record.scope === scope && record.id === id);
    assert.ok(found, `no record ${kind}/${scope}/${id}`);
    used.add(found);
    return unhex(found.body);
  };
  const list = (kind: number, scope: string) =>
    records.filter((record) => record.kind === kind && record.scope === scope).map((record) => {
      used.add(record);
      return { id: unhex(record.id), body: unhex(record.body) };
    });
  const zeros = "00".repeat(16);

  const head = get(1);
  const fields = cursor(head);
  assert.equal(fields.text(4), "OVLT");
  assert.deepEqual([fields.int(2), fields.int(1), fields.int(1)], [1, 1, 0]);
  const cost = { memoryKib: fields.int(4), passes: fields.int(4), parallelism: fields.int(2) };
  const [salt, vaultId] = [fields.take(16), fields.take(16)];
  const created = fields.int(8);
  const kekBytes = await kek(password, salt, vaultId, cost);
  const wrap = get(2, zeros, "01" + zeros);
  const check = hmac(hkdf(kekBytes, vaultId, context("kek/check")), context("kek/check", head));
  assert.equal(hex(wrap.slice(0, 32)), hex(check));
  const wrapAad = context("wrap/root", head, be(1, 1), new Uint8Array(16));
  const rootKey = open(hkdf(kekBytes, vaultId, context("kek/wrap")), wrapAad, wrap.slice(32));
  const root = (purpose: string) => hkdf(rootKey, vaultId, context("root/" + purpose));
  const digests = new Map<string, string>();
  for (const [name, secret] of Object.entries(wraps) as [WrapName, Bytes][]) {
    const further = get(2, zeros, hex(be(WRAPS[name].recipient, 1)) + zeros);
    assert.equal(hex(openWrap(name, { vaultId, created, secret }, further)), hex(rootKey));
    digests.set(name, hex(sha256(further)));
  }

  const body = get(3);
  const revision = body.slice(0, 8);
  const manifest = cursor(unpad(open(root("manifest"), context("manifest", vaultId, revision), body.slice(8))));
  const repeat = <T>(count: number, read: () => T) => Array.from({ length: count }, read);
  const apps = repeat(manifest.int(2), () => ({ app: manifest.text(manifest.int(1)), created: manifest.int(8) }));
  const envs = repeat(manifest.int(2), () => ({
    app: apps[manifest.int(2)]!.app,
    env: manifest.text(manifest.int(1)),
    envId: manifest.take(16),
    created: manifest.int(8),
    generation: manifest.take(4),
    block: manifest.take(92),
    count: manifest.int(4),
    setMac: manifest.take(32),
  }));
  const kindSets = repeat(manifest.int(2), () => ({
    kindId: manifest.take(32),
    count: manifest.int(4),
    setMac: manifest.take(32),
  }));
  const auditCount = manifest.int(8);
  const auditHead = manifest.take(32);
  manifest.end();

  const out: ReadVault = { envs: [], documents: [], audit: [] };
  for (const { app, env, envId, generation, block, count, setMac } of envs) {
    const blockAad = context("env-key", vaultId, app, env, envId, generation);
    const keys = envKeysOf(open(root("env-key"), blockAad, block), vaultId, envId);
    const heads = list(5, hex(envId));
    const mac = hmac(keys.set, context("set/secrets", vaultId, app, env, envId, generation, ...setItems(heads)));
    assert.deepEqual([heads.length, hex(mac)], [count, hex(setMac)]);
    assert.equal(hex(get(4, hex(envId))), hex(bytesOf(generation, setMac)));
    const secrets = heads.map((stored) => {
      const latest = stored.body.slice(0, 4);
      const aad = (purpose: string, version: Bytes) => context(purpose, vaultId, app, env, stored.id, version);
      const payload = cursor(unpad(open(keys.head, aad("head", latest), stored.body.slice(4))));
      const flags = payload.int(1);
      payload.take(16);
      const deleted = payload.int(8);
      const name = payload.text(payload.int(1));
      assert.equal(hex(hmac(keys.index, context("name", app, env, name))), hex(stored.id));
      const values = repeat(payload.int(2), () => {
        const version = payload.take(4);
        payload.take(8);
        const size = payload.int(4);
        const sealed = get(6, hex(envId), hex(stored.id) + hex(version));
        assert.equal(hex(sha256(sealed)), hex(payload.take(32)));
        const dek = open(keys.dek, aad("dek", version), sealed.slice(0, 60));
        const value = unpad(open(dek, aad("value", version), sealed.slice(60)));
        assert.equal(value.length, size);
        return hex(value);
      });
      payload.end();
      return { name, flags, deleted, values };
    });
    out.envs.push({ app, env, secrets: secrets.sort((a, b) => a.name < b.name ? -1 : 1) });
  }

  for (const kind of kinds) {
    const kindId = hmac(root("document-index"), context("document-kind", kind));
    const set = kindSets.find((entry) => hex(entry.kindId) === hex(kindId))!;
    const members = list(7, hex(kindId));
    const mac = hmac(root("document-set"), context("set/documents", vaultId, kindId, ...setItems(members)));
    assert.deepEqual([members.length, hex(mac)], [set.count, hex(set.setMac)]);
    const documents = members.map(({ id, body }) => {
      const aad = context("document", vaultId, kindId, id, body.slice(0, 4));
      const payload = cursor(unpad(open(root("document"), aad, body.slice(4))));
      const found = { kind: payload.text(payload.int(1)), id: payload.text(payload.int(1)) };
      assert.equal(hex(hmac(root("document-index"), context("document-id", found.kind, found.id))), hex(id));
      const rest = payload.rest();
      return { ...found, revision: number(body.slice(0, 4)), value: JSON.parse(new TextDecoder().decode(rest)) };
    });
    out.documents.push(...documents.sort((a, b) => a.id < b.id ? -1 : 1));
  }

  let link: Bytes = new Uint8Array(32);
  for (let sequence = 1; sequence <= auditCount; sequence++) {
    const id = be(sequence, 8);
    const body = get(8, zeros, hex(id));
    const sealed = body.slice(0, -32);
    const payload = cursor(unpad(open(root("audit"), context("audit", vaultId, unhex(zeros), id, link), sealed)));
    out.audit.push({ at: payload.int(8), entry: JSON.parse(new TextDecoder().decode(payload.rest())) });
    link = hmac(root("audit-chain"), context("audit-link", vaultId, unhex(zeros), id, link, sha256(sealed)));
    assert.equal(hex(link), hex(body.slice(-32)));
  }
  assert.equal(hex(link), hex(auditHead));
  for (const [name, digest] of digests) {
    const named = out.documents.find(({ kind, id }) => kind === "root-wrap" && id === name);
    assert.equal((named!.value as { digest: string }).digest, digest);
  }
  assert.deepEqual(records.filter((record) => !used.has(record)), [], "records that nothing names");
  return out;
}
