import assert from "node:assert/strict";
import { OvError } from "../../src/base/errors.ts";
import { locate } from "../../src/base/locations.ts";

const both = (folder: string) => ({ vaultFolder: folder, configFolder: folder });

/** What is set, where it runs, and where things live then. */
const FOUND: readonly [string, Record<string, string>, string, ReturnType<typeof locate>][] = [
  ["XDG's defaults", { HOME: "/h" }, "linux", {
    vaultFolder: "/h/.local/share/opaquevault",
    configFolder: "/h/.config/opaquevault",
  }],
  ["XDG's variables", { HOME: "/h", XDG_DATA_HOME: "/d", XDG_CONFIG_HOME: "/c" }, "linux", {
    vaultFolder: "/d/opaquevault",
    configFolder: "/c/opaquevault",
  }],
  ["relative XDG variables are ignored", { HOME: "/h", XDG_DATA_HOME: "d", XDG_CONFIG_HOME: "" }, "freebsd", {
    vaultFolder: "/h/.local/share/opaquevault",
    configFolder: "/h/.config/opaquevault",
  }],
  ["macOS", { HOME: "/Users/u" }, "darwin", both("/Users/u/Library/Application Support/OpaqueVault")],
  [
    "Windows",
    { APPDATA: "C:\\Users\\u\\AppData\\Roaming" },
    "windows",
    both(
      "C:\\Users\\u\\AppData\\Roaming\\OpaqueVault",
    ),
  ],
  ["a Windows share", { APPDATA: "\\\\host\\share" }, "windows", both("\\\\host\\share\\OpaqueVault")],
  ["OV_HOME wins", { OV_HOME: "/own", HOME: "/h", XDG_DATA_HOME: "/d" }, "linux", both("/own")],
  ["OV_HOME without HOME", { OV_HOME: "/own" }, "darwin", both("/own")],
  ["OV_HOME with a final slash", { OV_HOME: "/own//" }, "linux", both("/own")],
  ["OV_HOME is the root", { OV_HOME: "/" }, "linux", both("/")],
  ["OV_HOME on Windows", { OV_HOME: "D:/own\\" }, "windows", both("D:/own")],
  [
    "OV_HOME that is empty",
    { OV_HOME: "", HOME: "/Users/u" },
    "darwin",
    both(
      "/Users/u/Library/Application Support/OpaqueVault",
    ),
  ],
];

for (const [name, environment, platform, found] of FOUND) {
  Deno.test(`locate() finds ${name}`, () => assert.deepEqual(locate(environment, platform), found));
}

const REFUSED: readonly [string, Record<string, string>, string, RegExp][] = [
  ["OV_HOME is relative", { OV_HOME: "vault", HOME: "/h" }, "linux", /OV_HOME/],
  ["OV_HOME is a POSIX path on Windows", { OV_HOME: "/own", APPDATA: "C:\\a" }, "windows", /OV_HOME/],
  ["HOME is not set", {}, "linux", /HOME is not set/],
  ["HOME is relative", { HOME: "h" }, "darwin", /HOME/],
  ["APPDATA is not set", { HOME: "C:\\h" }, "windows", /APPDATA/],
  ["APPDATA is relative", { APPDATA: "a" }, "windows", /APPDATA/],
];

for (const [when, environment, platform, message] of REFUSED) {
  Deno.test(`locate() refuses when ${when}`, () => {
    assert.throws(() => locate(environment, platform), (error: unknown) => {
      assert.ok(error instanceof OvError);
      assert.equal(error.code, "usage/invalid");
      assert.match(error.message, message);
      assert.ok(error.hint?.includes("OV_HOME"));
      return true;
    });
  });
}
