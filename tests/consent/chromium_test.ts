/** The page in a real browser, over the real `ov mcp`: what a person sees, hears, types and presses. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { FAKE_VALUE } from "../mcp/ov_world.ts";
import { toolErrorOf } from "../mcp/line_client.ts";
import { CHROMIUM, Chromium, SMALL, type Tab, WIDE } from "./chromium.ts";
import { PageWorld, PASSWORD } from "./page_world.ts";

const RUN = { command: ["node", "show.js"], secrets: ["STRIPE_SECRET_KEY"] };

/** Where screenshots go, if anywhere. */
const SHOTS = Deno.env.get("OV_TEST_SHOTS");

function browserTest(name: string, run: (page: PageWorld, chromium: Chromium) => Promise<void>): void {
  Deno.test({
    name,
    ignore: CHROMIUM === null,
    // The browser's own sockets and process end after the test's.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      await using chromium = await Chromium.start();
      await using page = await PageWorld.start();
      await run(page, chromium);
    },
  });
}

/** Types the password, presses Enter, and waits for what the page says then. */
async function allow(tab: Tab, then = /\nDone/): Promise<string> {
  await tab.fill("#password", PASSWORD);
  await tab.press("Enter");
  return await tab.shows(then);
}

const RUN_PAGE = /An agent wants to run a command with your secrets/;

/** A page that says or asks for nothing but its own. */
function assertQuiet(tab: Tab): void {
  assert.deepEqual(tab.complaints, []);
  for (const url of tab.requested) assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/(open|q)\//);
}

async function shoot(tab: Tab, name: string): Promise<void> {
  if (SHOTS === undefined) return;
  for (const scheme of ["light", "dark"] as const) {
    await tab.scheme(scheme);
    await tab.screenshot(join(SHOTS, `${name}_${scheme}.png`));
  }
}

browserTest(
  "a locked connection is authorised on the page, then its command is allowed in the same tab",
  async (page, chromium) => {
    await page.client.initialize();
    const run = page.client.tool("vault_run", RUN);
    const tab = await chromium.tab(await page.opened());
    const first = await tab.text();
    assert.match(first, /An agent wants to use your vault/);
    assert.match(first, /to run node show\.js with STRIPE_SECRET_KEY/);
    assert.match(first, /calls itself line-client 1, through \//);
    await shoot(tab, "connection");
    await allow(tab);
    const second = await tab.shows(/An agent wants to run a command with your secrets/);
    assert.ok(second.includes(page.world.project));
    await shoot(tab, "run");
    await allow(tab);
    const { structuredContent } = await run;
    assert.match(structuredContent.stdout, /as is \[ov:STRIPE_SECRET_KEY\]/);
    assert.equal(page.openedCount, 1);
    assertQuiet(tab);
    const status = (await page.client.tool("vault_status")).structuredContent;
    assert.deepEqual([status.unlocked, status.authorized], [true, true]);
    // Once was once: the next call asks again, in a tab of its own.
    await tab.close();
    const again = page.client.tool("vault_run", RUN);
    const next = await chromium.tab(await page.opened());
    await next.click("#use-session");
    await allow(next);
    assert.equal((await again).structuredContent.exit_code, 0);
    assert.equal((await page.client.tool("vault_run", RUN)).structuredContent.exit_code, 0);
    assert.equal(page.openedCount, 2);
  },
);

browserTest(
  "a wrong password is told, can be corrected, and ends the question when it is wrong too often",
  async (page, chromium) => {
    await page.client.initialize();
    const call = page.client.tool("vault_list_secrets");
    const tab = await chromium.tab(await page.opened());
    await tab.press("Enter");
    await tab.click("button[type=submit]");
    await tab.shows(/Type the master password/);
    for (let left = 4; left > 0; left--) {
      await tab.fill("#password", `wrong ${left}`);
      await tab.press("Enter");
      await tab.shows(new RegExp(`not the master password; ${left} (try|tries) left`));
      assert.equal(await tab.evaluate("document.querySelector('#password').value"), "");
      assert.equal(await tab.focused(), "password");
    }
    await tab.fill("#password", "wrong");
    await tab.press("Enter");
    await tab.shows(/wrong too often/);
    assert.equal(toolErrorOf(await call).code, "vault/locked");
    assert.equal((await page.client.tool("vault_status")).structuredContent.unlocked, false);
  },
);

browserTest(
  "refusing takes one click and no password, and a refused connection is not asked about again",
  async (page, chromium) => {
    await page.client.initialize();
    const call = page.client.tool("vault_run", RUN);
    const tab = await chromium.tab(await page.opened());
    await tab.click("#refuse");
    await tab.shows(/Refused\. Nothing was allowed/);
    assert.equal(toolErrorOf(await call).code, "policy/not-authorized");
    assert.equal(toolErrorOf(await page.client.tool("vault_run", RUN)).code, "policy/not-authorized");
    assert.equal(page.openedCount, 1);
  },
);

browserTest("a value of several lines is entered hidden, and stored byte for byte", async (page, chromium) => {
  await page.client.initialize();
  const call = page.client.tool("vault_create_secret", { name: "DEPLOY_KEY" });
  const tab = await chromium.tab(await page.opened());
  await allow(tab, /Enter the value of a new secret/);
  await shoot(tab, "value");
  const value = "-----BEGIN FAKE KEY-----\n\tline two, ünïcode\n-----END FAKE KEY-----\n";
  await tab.fill("#value", value);
  const look = "getComputedStyle(document.querySelector('#value')).webkitTextSecurity";
  assert.equal(await tab.evaluate(look), "disc");
  await tab.click("#show");
  assert.equal(await tab.evaluate(look), "none");
  await tab.click("#show");
  await allow(tab);
  assert.deepEqual((await call).structuredContent, { name: "DEPLOY_KEY", version: 1 });
  const stored = await page.world.terminal(["secret", "get", "DEPLOY_KEY"], [
    { expect: "assword: $", echo: false, send: `${PASSWORD}\r` },
  ], { stdout: "pipe" });
  assert.equal(stored.stdout, value);
  assertQuiet(tab);
  for (const line of page.client.lines) assert.ok(!line.includes("FAKE KEY") && !line.includes(PASSWORD));
});

browserTest("everything works by keyboard, in the order in which it is read", async (page, chromium) => {
  await page.client.initialize();
  const run = page.client.tool("vault_run", RUN);
  const tab = await chromium.tab(await page.opened());
  assert.equal(await tab.focused(), "h1");
  await allow(tab, RUN_PAGE);
  assert.equal(await tab.focused(), "h1");
  const order: string[] = [];
  for (let i = 0; i < 8; i++) {
    await tab.press("Tab");
    order.push(await tab.focused());
  }
  assert.deepEqual(order, ["summary", "summary", "use-once", "until", "password", "button", "refuse", "body"]);
  await tab.evaluate("document.querySelector('#use-once').focus()");
  await tab.press("ArrowDown");
  assert.equal(await tab.evaluate("document.querySelector('input[name=decision]:checked').value"), "session");
  await tab.evaluate("document.querySelector('#password').focus()");
  await tab.type(PASSWORD);
  await tab.press("Tab");
  await tab.press("Space");
  await tab.shows(/Done/);
  assert.equal(await tab.focused(), "h1");
  assert.equal((await run).structuredContent.exit_code, 0);
});

browserTest("a screen reader is told what everything is", async (page, chromium) => {
  await page.client.initialize();
  void page.client.tool("vault_run", RUN);
  const tab = await chromium.tab(await page.opened());
  await allow(tab, RUN_PAGE);
  const nodes = await tab.accessible();
  const has = (role: string, name: RegExp) =>
    assert.ok(nodes.some((node) => node.role === role && name.test(node.name)), `${role} ${name}`);
  has("main", /^$/);
  has("heading", /An agent wants to run a command with your secrets/);
  has("form", /Your answer/);
  has("group", /For how long\?/);
  has("radio", /This time only/);
  has("radio", /Always/);
  has("combobox", /For how long/);
  has("textbox", /Master password/);
  has("button", /^Allow$/);
  has("button", /^Refuse$/);
  assert.equal(await tab.evaluate("document.querySelector('#error').getAttribute('role')"), "alert");
  assert.equal(await tab.evaluate("document.querySelector('#status').getAttribute('role')"), "status");
  assert.equal(await tab.evaluate("document.documentElement.lang"), "en");
});

browserTest("the page fits small and wide windows, and can be read in light and dark", async (page, chromium) => {
  await page.world.write("a-script-with-a-name-that-is-really-quite-long-and-has-no-place-to-break.js", "");
  await page.client.initialize();
  void page.client.tool("vault_run", {
    command: ["node", "a-script-with-a-name-that-is-really-quite-long-and-has-no-place-to-break.js", "x".repeat(400)],
    secrets: ["STRIPE_SECRET_KEY", "DATABASE_URL"],
  });
  const tab = await chromium.tab(await page.opened());
  const check = async () => {
    for (const { width, height } of [SMALL, WIDE]) {
      await tab.prepare({ width, height });
      for (const scheme of ["light", "dark"] as const) {
        await tab.scheme(scheme);
        assert.ok(await tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), `${width} ${scheme}`);
        for (const selector of ["h1", "dt", ".hint", "button", "button.second", "footer", "code", "summary"]) {
          const ratio = await tab.evaluate(`(${contrastOf})(document.querySelector(${JSON.stringify(selector)}))`);
          assert.ok(ratio >= 4.5, `${selector} ${width} ${scheme}: ${ratio}`);
        }
      }
    }
  };
  await check();
  await allow(tab, RUN_PAGE);
  await check();
  await tab.prepare(SMALL);
  await shoot(tab, "run_small");
});

/** Contrast of an element's text with what is behind it (WCAG 2.2), run in the page. */
function contrastOf(element: Element): number {
  const parts = (color: string) => color.match(/[\d.]+/g)!.map(Number);
  const light = (color: string) => {
    const [r, g, b] = parts(color).slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  let behind: Element | null = element;
  const back = (at: Element) => getComputedStyle(at).backgroundColor;
  while (behind !== null && parts(back(behind))[3] === 0) behind = behind.parentElement;
  const [a, b] = [light(getComputedStyle(element).color), light(back(behind ?? document.body))];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

browserTest(
  "a second tab gets nothing, a copied tab is ended with the first, and a reload keeps its place",
  async (page, chromium) => {
    await page.client.initialize();
    const call = page.client.tool("vault_list_secrets");
    const address = await page.opened();
    const tab = await chromium.tab(address);
    const replay = await chromium.tab(address);
    assert.match(await replay.text(), /opened before/);
    assert.doesNotMatch(await replay.text(), /master password\n/i);
    assert.equal(await replay.evaluate("document.querySelectorAll('form').length"), 0);
    const path = await tab.evaluate("location.pathname");
    assert.match(path, /^\/q\/[\w-]{22}\/$/);
    await tab.send("Page.reload");
    await tab.shows(/An agent wants to use your vault/);
    const copy = await chromium.tab(new URL(path, address).href);
    assert.match(await copy.text(), /An agent wants to use your vault/);
    await allow(tab);
    await call;
    await copy.shows(/This question has ended|Done/);
  },
);

browserTest(
  "a tab that is closed frees the call, and the question can be answered in the next",
  async (page, chromium) => {
    await page.client.initialize();
    const call = page.client.tool("vault_list_secrets");
    const tab = await chromium.tab(await page.opened());
    await tab.shows(/An agent wants to use your vault/);
    await tab.close();
    const error = toolErrorOf(await call);
    assert.equal(error.code, "vault/locked");
    assert.match(error.hint!, /A page in the user's browser/);
    const again = page.client.tool("vault_list_secrets");
    const next = await chromium.tab(await page.opened());
    await allow(next);
    assert.equal((await again).structuredContent.secrets.length, 2);
  },
);

browserTest(
  "another page of the browser can neither read nor answer nor frame it, nor have its cookie",
  async (page, chromium) => {
    await page.client.initialize();
    const call = page.client.tool("vault_list_secrets");
    const address = await page.opened();
    const tab = await chromium.tab(address);
    const target = new URL(await tab.evaluate("location.pathname"), address).href;
    const cookies: (string | null)[] = [];
    // The same host on another port: for cookies and for `SameSite`, the same site.
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
      cookies.push(request.headers.get("cookie"));
      return new Response("<!doctype html><title>evil</title><body></body>", {
        headers: { "content-type": "text/html" },
      });
    });
    const evil = await chromium.tab(`http://127.0.0.1:${server.addr.port}/q/x/`);
    const attempts = await evil.evaluate(`(async () => {
    const target = ${JSON.stringify(target)};
    const body = '{"decision":"deny","forMs":null,"remember":false,"passwordBytes":0,"valueBytes":0}\\n';
    const tries = [
      () => fetch(target, { credentials: "include" }),
      () => fetch(target + "wait", { credentials: "include", headers: { "x-ov": "1" } }),
      () => fetch(target + "answer", { method: "POST", credentials: "include", headers: { "x-ov": "1" }, body }),
      () => fetch(target + "answer", { method: "POST", mode: "no-cors", credentials: "include", body }),
    ];
    const got = [];
    for (const attempt of tries) got.push(await attempt().then(() => "reached", () => "refused"));
    const frame = document.createElement("iframe");
    frame.src = target;
    await new Promise((resolve) => { frame.onload = resolve; document.body.append(frame); });
    try { got.push(frame.contentDocument === null ? "refused" : frame.contentDocument.body.innerText); }
    catch { got.push("refused"); }
    return got;
  })()`);
    assert.deepEqual(attempts, ["refused", "refused", "refused", "refused", "refused"]);
    assert.deepEqual(cookies, cookies.map(() => null));
    await server.shutdown();
    // Nothing of that was an answer: the person's still counts.
    await allow(tab);
    assert.equal((await call).structuredContent.secrets.length, 2);
  },
);

browserTest("the end of ov is told on the page", async (page, chromium) => {
  await page.client.initialize();
  await page.client.start("tools/call", { name: "vault_list_secrets", arguments: {} });
  const tab = await chromium.tab(await page.opened());
  await page.kill();
  await tab.shows(/ov has ended/);
});

browserTest(
  "no value and no password is ever in an address, a cookie, a title or the console",
  async (page, chromium) => {
    await page.client.initialize();
    const run = page.client.tool("vault_run", RUN);
    const tab = await chromium.tab(await page.opened());
    await allow(tab);
    await tab.shows(/An agent wants to run/);
    await allow(tab);
    await run;
    const { cookies } = await tab.send("Network.getCookies", {
      urls: [`${await tab.evaluate("location.href")}answer`],
    });
    assert.equal(cookies.length, 1);
    assert.deepEqual([cookies[0].httpOnly, cookies[0].sameSite], [true, "Strict"]);
    const all = JSON.stringify([tab.requested, tab.complaints, cookies, await tab.evaluate("document.title")]);
    for (const secret of [PASSWORD, FAKE_VALUE]) {
      assert.ok(!all.includes(secret));
      for (const line of page.client.lines) assert.ok(!line.includes(secret));
    }
  },
);
