/** Debian's Chromium, driven by its own debugging protocol: what a person would see, type and press. */
import assert from "node:assert/strict";

// deno-lint-ignore no-explicit-any
type Json = any;

const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-dev-shm-usage",
  "--remote-debugging-port=0",
  "--remote-allow-origins=*",
];

/** Path of the browser, or `null` where there is none. */
export const CHROMIUM: string | null = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
  .find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  }) ?? null;

/** A running browser with a profile of its own. */
export class Chromium implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #profile: string;
  readonly #waiting = new Map<number, (message: Json) => void>();
  readonly #listeners = new Set<(message: Json) => void>();
  #next = 1;

  private constructor(child: Deno.ChildProcess, socket: WebSocket, profile: string) {
    this.#child = child;
    this.#socket = socket;
    this.#profile = profile;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.id === undefined) { for (const listener of [...this.#listeners]) listener(message); }
      else {
        this.#waiting.get(message.id)?.(message);
        this.#waiting.delete(message.id);
      }
    };
  }

  /** Starts it. */
  static async start(): Promise<Chromium> {
    const profile = await Deno.makeTempDir({ prefix: "ov-chromium-" });
    const child = new Deno.Command(CHROMIUM!, {
      args: [...FLAGS, `--user-data-dir=${profile}`, "about:blank"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const address = await devtoolsAddress(child.stderr);
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("no connection to the browser"));
    });
    return new Chromium(child, socket, profile);
  }

  /** One command of the protocol; its result. */
  async send(method: string, params: Json = {}, sessionId?: string): Promise<Json> {
    const id = this.#next++;
    const { promise, resolve } = Promise.withResolvers<Json>();
    this.#waiting.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    const message = await promise;
    if (message.error !== undefined) throw new Error(`${method}: ${message.error.message}`);
    return message.result;
  }

  /** Calls `listener` for each event. @returns what stops it */
  on(listener: (message: Json) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A new tab. */
  async tab(address = "about:blank", size: { width: number; height: number } = WIDE): Promise<Tab> {
    const { targetId } = await this.send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    const tab = new Tab(this, sessionId, targetId);
    await tab.prepare(size);
    if (address !== "about:blank") await tab.go(address);
    return tab;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.onclose = resolve);
    await this.send("Browser.close").catch(() => {});
    this.#socket.close();
    await closed;
    await this.#child.status;
    await this.#child.stderr.cancel().catch(() => {});
    // A helper process may still write for a moment.
    for (let i = 0; i < 20; i++) {
      if (await Deno.remove(this.#profile, { recursive: true }).then(() => true, () => false)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** Sizes of windows. */
export const WIDE = { width: 1100, height: 900 };
export const SMALL = { width: 320, height: 640 };

/** One tab. */
export class Tab {
  /** What the page said on its console, and what its policy refused. */
  readonly complaints: string[] = [];
  /** Every address that it asked for. */
  readonly requested: string[] = [];
  readonly #browser: Chromium;
  readonly #session: string;
  readonly #target: string;

  constructor(browser: Chromium, session: string, target: string) {
    this.#browser = browser;
    this.#session = session;
    this.#target = target;
    browser.on(({ sessionId, method, params }) => {
      if (sessionId !== session) return;
      if (method === "Runtime.consoleAPICalled") this.complaints.push(JSON.stringify(params.args));
      if (method === "Runtime.exceptionThrown") this.complaints.push(JSON.stringify(params.exceptionDetails));
      if (method === "Log.entryAdded") this.complaints.push(`${params.entry.text} ${params.entry.url ?? ""}`);
      if (method === "Network.requestWillBeSent") this.requested.push(params.request.url);
    });
  }

  send(method: string, params: Json = {}): Promise<Json> {
    return this.#browser.send(method, params, this.#session);
  }

  async prepare({ width, height }: { width: number; height: number }): Promise<void> {
    for (const domain of ["Page", "Runtime", "Log", "Network", "Accessibility"]) await this.send(`${domain}.enable`);
    await this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: 1, mobile: false });
  }

  /** Light or dark, as the user's system says. */
  async scheme(value: "light" | "dark"): Promise<void> {
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value }] });
  }

  /** Opens an address and waits until it is loaded. */
  async go(address: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = this.#browser.on(({ sessionId, method }) => {
      if (sessionId === this.#session && method === "Page.loadEventFired") resolve();
    });
    const { errorText } = await this.send("Page.navigate", { url: address });
    if (errorText === undefined) await promise;
    stop();
  }

  /** The value of an expression in the page. */
  async evaluate(expression: string): Promise<Json> {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    assert.equal(exceptionDetails, undefined, JSON.stringify(exceptionDetails));
    return result.value;
  }

  /** The text that is shown. */
  async text(): Promise<string> {
    return await this.evaluate("document.body.innerText");
  }

  /** Waits until the text that is shown matches. */
  async shows(pattern: RegExp): Promise<string> {
    let text = "";
    for (let i = 0; i < 400; i++) {
      text = await this.text().catch(() => "");
      if (pattern.test(text)) return text;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`the page never said ${pattern}: ${text}`);
  }

  /** Types text where the focus is. */
  async type(text: string): Promise<void> {
    await this.send("Input.insertText", { text });
  }

  /** Presses a key. */
  async press(key: "Tab" | "Enter" | "Space" | "ArrowDown", modifiers = 0): Promise<void> {
    const codes = { Tab: [9, ""], Enter: [13, "\r"], Space: [32, " "], ArrowDown: [40, ""] } as const;
    const [windowsVirtualKeyCode, text] = codes[key];
    const name = key === "Space" ? " " : key;
    const down = { key: name, code: key, windowsVirtualKeyCode, modifiers, ...(text === "" ? {} : { text }) };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...down });
    await this.send("Input.dispatchKeyEvent", {
      type: "keyUp",
      key: name,
      code: key,
      windowsVirtualKeyCode,
      modifiers,
    });
  }

  /** Id, or name of the element, that has the focus. */
  focused(): Promise<string> {
    return this.evaluate("document.activeElement.id || document.activeElement.tagName.toLowerCase()");
  }

  async click(selector: string): Promise<void> {
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  async fill(selector: string, text: string): Promise<void> {
    await this.evaluate(`document.querySelector(${JSON.stringify(selector)}).focus()`);
    await this.type(text);
  }

  /** What a screen reader is told: role and name of everything that is not ignored. */
  async accessible(): Promise<{ role: string; name: string }[]> {
    const { nodes } = await this.send("Accessibility.getFullAXTree");
    return nodes.filter((node: Json) => !node.ignored)
      .map((node: Json) => ({ role: node.role?.value ?? "", name: node.name?.value ?? "" }));
  }

  async screenshot(path: string): Promise<void> {
    const { data } = await this.send("Page.captureScreenshot", { format: "png", captureBeyondViewport: true });
    await Deno.writeFile(path, Uint8Array.fromBase64(data));
  }

  async close(): Promise<void> {
    await this.#browser.send("Target.closeTarget", { targetId: this.#target });
  }
}

async function devtoolsAddress(stderr: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  const reader = stderr.pipeThrough(new TextDecoderStream()).getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    text += next.value;
    const found = /DevTools listening on (\S+)/.exec(text);
    if (found === null) continue;
    // It says more later, and must not wait for somebody to listen.
    void (async () => {
      while (!(await reader.read()).done);
    })();
    return found[1]!;
  }
  throw new Error(`the browser did not start: ${text}`);
}
