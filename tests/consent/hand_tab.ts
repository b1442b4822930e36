import assert from "node:assert/strict";
import type { Json } from "../mcp/line_client.ts";

/** A tab made by hand: what opens an address can do, without a browser. */
export class HandTab {
  readonly address: string;
  readonly origin: string;
  path = "";
  cookie = "";

  constructor(address: string) {
    this.address = address;
    this.origin = new URL(address).origin;
  }

  /** Opens the address first. */
  async open(): Promise<string> {
    const response = await fetch(this.address);
    assert.equal(response.status, 200);
    const [, cookie, path] = /^(ov=[^;]+); Path=([^;]+);/.exec(response.headers.get("set-cookie")!)!;
    [this.path, this.cookie] = [path!, cookie!];
    return await response.text();
  }

  async answer(decision: string, password: string, value = "", remember = true): Promise<Json> {
    const head = { decision, forMs: null, remember, passwordBytes: password.length, valueBytes: value.length };
    const response = await fetch(`${this.origin}${this.path}answer`, {
      method: "POST",
      headers: { cookie: this.cookie, origin: this.origin, "x-ov": "1" },
      body: `${JSON.stringify(head)}\n${password}${value}`,
    });
    return response.ok ? await response.json() : { state: String(response.status) };
  }
}
