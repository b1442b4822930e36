import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeBase64Url, encodeBase64Url } from "../../src/base/base64.ts";
import { encodeUtf8 } from "../../src/base/bytes.ts";

Deno.test("encodeBase64Url() gives the test vectors of RFC 4648 section 10, without padding", () => {
  const vectors = {
    "": "",
    f: "Zg==",
    fo: "Zm8=",
    foo: "Zm9v",
    foob: "Zm9vYg==",
    fooba: "Zm9vYmE=",
    foobar: "Zm9vYmFy",
  };
  for (const [text, encoded] of Object.entries(vectors)) {
    assert.equal(encodeBase64Url(encodeUtf8(text)), encoded.replaceAll("=", ""));
  }
  assert.equal(encodeBase64Url(new Uint8Array([0xfb, 0xff])), "-_8");
});

Deno.test("decodeBase64Url() reads back what encodeBase64Url() wrote", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => assert.deepEqual(decodeBase64Url(encodeBase64Url(bytes)), bytes)));
});

Deno.test("decodeBase64Url() gives null when the text is not the one spelling of its bytes", () => {
  const refused = {
    padding: "Zg==",
    "another alphabet": "+/8",
    "white space": "Z g",
    "line break": "Zg\n",
    "stray trailing bits": "Zh",
    "one character": "Z",
    "one character too many": "Zm9vY",
    "not ASCII": "Zｇ",
  };
  for (const [why, text] of Object.entries(refused)) assert.equal(decodeBase64Url(text), null, why);
});

Deno.test("decodeBase64Url() accepts a text only when it re-encodes identically", () => {
  const character = fc.constantFrom(..."AQgwZz019-_+/= \n");
  fc.assert(fc.property(fc.string({ unit: character, maxLength: 9 }), (text) => {
    const bytes = decodeBase64Url(text);
    if (bytes !== null) assert.equal(encodeBase64Url(bytes), text);
  }));
});
