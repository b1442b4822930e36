/** The consent page, reached by curl by somebody who learnt its address before the browser did. */
import assert from "node:assert/strict";
import { hasProgram } from "../agent/tmux.ts";
import { PageWorld } from "../consent/page_world.ts";
import { FAKE_VALUE, holdsValue } from "../mcp/ov_world.ts";

const curls = await hasProgram("curl", "--version");

Deno.test({
  name: "curl at the consent page allows nothing and shows no value",
  ignore: !curls,
  fn: async () => {
    await using page = await PageWorld.start();
    await page.client.initialize();
    const call = page.client.tool("vault_run", { command: ["node", "show.js"], secrets: ["STRIPE_SECRET_KEY"] });
    const address = await page.opened();
    const curl = async (...args: string[]): Promise<string> =>
      (await page.world.run("curl", ["-sS", "--noproxy", "*", "-i", "-m", "10", ...args])).stdout;
    const origin = new URL(address).origin;

    // Bent to another name, from another site, by a form, to a path that was guessed.
    assert.match(await curl("-H", "Host: evil.invalid", address), /^HTTP\/1\.1 4/);
    assert.match(await curl("-d", "decision=accept", `${origin}/q/AAAAAAAAAAAAAAAAAAAAAA/answer`), /^HTTP\/1\.1 4/);
    assert.match(await curl(`${origin}/open/AAAAAAAAAAAAAAAAAAAAAA`), /^HTTP\/1\.1 4/);

    // The address itself: it opens once, and what it shows is the question.
    const opened = await curl(address);
    assert.match(opened, /^HTTP\/1\.1 200/);
    assert.ok(!holdsValue(opened));
    assert.match(await curl(address), /^HTTP\/1\.1 4/);
    const [, cookie, path] = /^set-cookie: (ov=[^;]+); Path=([^;]+);/im.exec(opened)!;
    for (const password of ["", "guess", FAKE_VALUE]) {
      const head = { decision: "accept", forMs: null, remember: true, passwordBytes: password.length, valueBytes: 0 };
      const body = `${JSON.stringify(head)}\n${password}`;
      const bare = await curl("-b", cookie!, "--data-binary", body, `${origin}${path}answer`);
      assert.match(bare, /^HTTP\/1\.1 4/);
      const dressed = ["-b", cookie!, "-H", `Origin: ${origin}`, "-H", "x-ov: 1", "-H", "Sec-Fetch-Site: same-origin"];
      const answer = await curl(...dressed, "--data-binary", body, `${origin}${path}answer`);
      assert.ok(!/"state":"allowed"/.test(answer) && !holdsValue(answer), answer);
    }
    const refusal = `${
      JSON.stringify({ decision: "deny", forMs: null, remember: false, passwordBytes: 0, valueBytes: 0 })
    }\n`;
    await curl(
      "-b",
      cookie!,
      "-H",
      `Origin: ${origin}`,
      "-H",
      "x-ov: 1",
      "--data-binary",
      refusal,
      `${origin}${path}answer`,
    );
    assert.equal((await call).isError, true);
    assert.equal((await page.client.tool("vault_status")).structuredContent.authorized, false);
  },
});
