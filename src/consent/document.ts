/**
 * The page as HTML. Everything that an agent had a hand in is escaped twice: what could hide or reorder text is written
 * out (`base/quote.ts`), and what HTML would read is an entity. Nothing is left out: what is cut is what an attacker hides.
 */
import { printable, quoteCommand } from "../base/mod.ts";
import type { Asker, PageQuestion } from "../keeper/page_protocol.ts";
import type { Consent } from "../keeper/protocol.ts";
import { SCRIPT } from "./script.ts";
import { STYLE } from "./style.ts";

const DAY_MS = 86_400_000;

/** Lifetimes that can be chosen beside the fixed ones, in milliseconds. */
const LIFETIMES: readonly (readonly [number, string])[] = [
  [3_600_000, "1 hour"],
  [8 * 3_600_000, "8 hours"],
  [DAY_MS, "1 day"],
  [7 * DAY_MS, "7 days"],
  [30 * DAY_MS, "30 days"],
];

/**
 * The document of a question.
 * @param o `nonce`: of its script and style; `path`: where its requests go
 */
export function questionDocument(question: PageQuestion, o: { nonce: string; path: string }): string {
  const { title, lead, facts, form } = PARTS[question.kind](question as never);
  const main = `<h1 tabindex="-1">${escape(title)}</h1>
${lead}${facts}${askerPart(question)}
<form aria-labelledby="answer">
<h2 id="answer" class="unseen">Your answer</h2>
${form}
<div class="field"><label class="label" for="password">Master password</label>
<input id="password" type="password" autocomplete="off" maxlength="1024" aria-describedby="password-hint error">
<p class="hint" id="password-hint">It goes to the vault on this machine and nowhere else. Refusing does not need it.</p></div>
<p id="error" role="alert"></p>
<div class="buttons"><button type="submit">${question.kind === "value" ? "Save" : "Allow"}</button>
<button type="button" class="second" id="refuse">Refuse</button></div>
<p id="status" role="status"></p>
</form>
<noscript><p>This page needs its script. Answer in a terminal instead: <code>ov approve</code></p></noscript>`;
  return shell({ title, main, nonce: o.nonce, path: o.path, script: SCRIPT });
}

/** A document that only says something. */
export function noticeDocument(content: { title: string; text: readonly string[] }, nonce: string): string {
  const text = content.text.map((line) => `<p>${escape(line)}</p>`).join("\n");
  return shell({
    title: content.title,
    main: `<h1>${escape(content.title)}</h1>\n${text}`,
    nonce,
    path: "",
    script: "",
  });
}

interface Parts {
  readonly title: string;
  readonly lead: string;
  readonly facts: string;
  readonly form: string;
}

type Question<K extends PageQuestion["kind"]> = Extract<PageQuestion, { kind: K }>;

const PARTS: { readonly [K in PageQuestion["kind"]]: (question: Question<K>) => Parts } = {
  connection: (question) => ({
    title: "An agent wants to use your vault",
    lead: `<p>${
      question.locked
        ? "Your master password unlocks the vault for this connection. The agent can then ask for commands that use " +
          "your secrets; it never sees a value."
        : "Once you allow it, the answers that you give in the agent's own window count as yours."
    } If you did not start an agent just now, refuse.</p>`,
    facts: list([["It wants", code(question.wants)]]),
    form: question.rememberDays === null ? "" : `<label class="choice"><input type="checkbox" id="remember">
<span>Remember this program for ${question.rememberDays} days. Whoever can start the same program in the same way is then
taken for it; <code>ov client list</code> shows it and <code>ov client revoke</code> takes it back.</span></label>`,
  }),
  consent: ({ consent }) => ({
    title: TITLES[consent.action](consent),
    lead: consent.action !== "run" || consent.secrets.length === 0
      ? ""
      : "<p>It can read them and do anything with them.</p>",
    facts: warningsPart(consent) + (consent.action === "run" ? runFacts(consent) : changeFacts(consent)),
    form: choices(consent),
  }),
  value: ({ name, app, env, replaces }) => ({
    title: replaces ? "Enter a new value for a secret" : "Enter the value of a new secret",
    lead: "<p>An agent asked for this secret to be set. It will not see what you enter.</p>",
    facts: list([["Secret", code(name)], ["Belongs to", place(app, env)]]),
    form: `<div class="field"><label class="label" for="value">Value</label>
<textarea id="value" class="hidden-text" rows="4" autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
aria-describedby="value-hint"></textarea>
<p class="hint" id="value-hint">Stored as you enter it, line breaks too; at most 64 KiB.</p>
<label class="choice"><input type="checkbox" id="show"><span>Show what I enter</span></label></div>`,
  }),
};

const TITLES: Readonly<Record<Consent["action"], (consent: Consent) => string>> = {
  run: ({ secrets }) =>
    secrets.length === 0 ? "An agent wants to run a command" : "An agent wants to run a command with your secrets",
  delete: () => "An agent wants to delete a secret",
  update: () => "An agent wants to replace a secret's value",
};

function warningsPart({ warnings }: Consent): string {
  if (warnings.length === 0) return "";
  const items = warnings.map((warning) => `<li>${text(warning)}</li>`).join("");
  return `<section class="warnings" aria-labelledby="warnings"><h2 id="warnings">Look twice</h2><ul>${items}</ul></section>`;
}

function runFacts(consent: Consent): string {
  const pins = consent.pins.map(({ path, sha256 }) =>
    `<li><code>${text(path)}</code> <span class="digest">SHA-256 ${text(sha256)}</span></li>`
  );
  const files = pins.length === 0
    ? "<p>No file was found that the command loads.</p>"
    : `<details><summary>Files whose content your answer is bound to: ${pins.length}</summary><ul>${
      pins.join("")
    }</ul></details>`;
  return list([
    ["Command", `<code class="command">${text(quoteCommand(consent.argv))}</code>`],
    ["Program", code(consent.program)],
    ["Directory", code(consent.workDir)],
    ["Secrets", names(consent.secrets)],
    ["Belong to", place(consent.app, consent.env)],
  ]) + files;
}

function changeFacts(consent: Consent): string {
  return list([["Secret", names(consent.secrets)], ["Belongs to", place(consent.app, consent.env)]]);
}

function choices(consent: Consent): string {
  if (consent.choices.length < 2) return `<input type="radio" name="decision" value="once" checked hidden>`;
  const choice = (value: string, html: string, checked = false) =>
    `<div class="choice"><input type="radio" name="decision" id="use-${value}" value="${value}"${
      checked ? " checked" : ""
    }>\n<span>${html}</span></div>`;
  const label = (value: string, words: string) => `<label for="use-${value}">${words}</label>`;
  const options = LIFETIMES.map(([ms, words]) => `<option value="${ms}">${words}</option>`).join("");
  return `<fieldset aria-describedby="lasting"><legend>For how long?</legend>
${choice("once", label("once", "This time only"), true)}
${choice("session", label("session", "Until the agent's connection ends"))}
${choice("until", `${label("until", "For")} <select id="until" aria-label="For how long">${options}</select>`)}
${choice("always", label("always", "Always"))}
<p class="hint" id="lasting">What lasts ends as soon as the command or one of its files changes.</p>
</fieldset>`;
}

function askerPart({ asker }: { asker: Asker }): string {
  const links = asker.chain.map((link) => {
    const what = link.path === null ? "a program that the system does not name" : `<code>${text(link.path)}</code>`;
    const line = link.commandLine === "" ? "" : `<br>started as <code>${text(link.commandLine)}</code>`;
    const digest = link.sha256 === null ? "" : `<br><span class="digest">SHA-256 ${text(link.sha256)}</span>`;
    return `<li>${what}, process ${link.pid}${line}${digest}</li>`;
  });
  const chain = links.length === 0
    ? "<p>This system does not tell which program that is.</p>"
    : `<p>Programs behind this connection, the nearest first:</p><ol>${links.join("")}</ol>`;
  const first = asker.chain[0]?.path;
  const summary = first === undefined || first === null ? "" : `, through <code>${text(first)}</code>`;
  return `<details><summary>Asked by a program that calls itself ${
    text(asker.client)
  }${summary}</summary>${chain}</details>`;
}

function list(rows: readonly (readonly [string, string])[]): string {
  return `<dl>${rows.map(([term, html]) => `<dt>${term}</dt><dd>${html}</dd>`).join("")}</dl>`;
}

function names(secrets: readonly string[]): string {
  if (secrets.length === 0) return "none";
  return `<ul class="names">${secrets.map((name) => `<li>${code(name)}</li>`).join("")}</ul>`;
}

function place(app: string, env: string): string {
  return `${code(app)} / ${code(env)}`;
}

function code(value: string): string {
  return `<code>${text(value)}</code>`;
}

/** Text of somebody else's. */
function text(value: string): string {
  return escape(printable(value));
}

function escape(value: string): string {
  return value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const LOGO = `<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" aria-hidden="true">` +
  `<rect x="4" y="10" width="16" height="11" rx="2"/><path d="M8 10V7a4 4 0 0 1 8 0v3"/></svg>`;

function shell(o: { title: string; main: string; nonce: string; path: string; script: string }): string {
  return `<!doctype html>
<html lang="en" data-path="${escape(o.path)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(o.title)} - OpaqueVault</title>
<style nonce="${o.nonce}">${STYLE}</style>
</head>
<body>
<main>
<p class="brand">${LOGO} OpaqueVault</p>
<div class="card">
${o.main}
</div>
<footer>This page comes from <code>ov</code> on this machine and loads nothing from anywhere else.</footer>
</main>${o.script === "" ? "" : `\n<script nonce="${o.nonce}">${o.script}</script>`}
</body>
</html>
`;
}
