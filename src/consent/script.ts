/**
 * The page's script. It takes what was typed as bytes, clears the fields, sends the bytes to its own origin, and
 * overwrites them; a string that the browser made of them can not be overwritten.
 */
export const SCRIPT = `
"use strict";
const base = document.documentElement.dataset.path;
history.replaceState(null, "", base);
const form = document.querySelector("form");
const heading = document.querySelector("h1");
const error = document.querySelector("#error");
const status = document.querySelector("#status");
const password = document.querySelector("#password");
const value = document.querySelector("#value");
const show = document.querySelector("#show");
const buttons = [...document.querySelectorAll("button")];
const utf8 = new TextEncoder();
const own = { "x-ov": "1" };
let ended = false;
let allowedAt = null;

heading.focus();

function busy(text) {
  for (const button of buttons) button.disabled = text !== "";
  form.setAttribute("aria-busy", String(text !== ""));
  status.textContent = text;
}

function finish({ state, message }) {
  if (ended) return;
  ended = true;
  if (password) password.value = "";
  if (value) value.value = "";
  document.querySelector(".card").replaceChildren(heading);
  heading.textContent = { allowed: "Done", refused: "Refused" }[state] ?? "This question has ended";
  heading.className = state;
  const text = document.createElement("p");
  text.setAttribute("role", "status");
  text.textContent = message + " You can close this page.";
  heading.after(text);
  document.title = heading.textContent + " - OpaqueVault";
  heading.focus();
  if (state === "allowed") allowedAt = Date.now();
}

async function answer(decision) {
  if (ended || buttons[0].disabled) return;
  error.textContent = "";
  if (decision !== "deny" && password.value === "") {
    error.textContent = "Type the master password to allow this.";
    return password.focus();
  }
  if (decision === "accept" && value && value.value === "") {
    error.textContent = "Enter the value first.";
    return value.focus();
  }
  const typed = utf8.encode(decision === "deny" ? "" : password.value);
  const entered = utf8.encode(decision === "deny" || !value ? "" : value.value);
  const until = document.querySelector("#until");
  const head = utf8.encode(JSON.stringify({
    decision,
    forMs: decision === "until" ? Number(until.value) : null,
    remember: document.querySelector("#remember")?.checked === true && decision === "accept",
    passwordBytes: typed.length,
    valueBytes: entered.length,
  }) + "\\n");
  const body = new Uint8Array(head.length + typed.length + entered.length);
  body.set(head);
  body.set(typed, head.length);
  body.set(entered, head.length + typed.length);
  password.value = "";
  busy(decision === "deny" ? "Refusing" : "Checking the password");
  let said;
  try {
    const headers = { ...own, "content-type": "application/octet-stream" };
    const response = await fetch(base + "answer", { method: "POST", headers, body });
    said = response.ok ? await response.json() : { state: "again", message: "That could not be read. Reload the page." };
  } catch {
    said = { state: "ended", message: "ov has ended, so nothing was allowed." };
  }
  for (const bytes of [body, typed, entered]) bytes.fill(0);
  busy("");
  if (said.state !== "again") return finish(said);
  error.textContent = said.message;
  password.focus();
}

async function watch() {
  while (!ended || (allowedAt !== null && Date.now() - allowedAt < 15000)) {
    let news;
    try {
      const signal = ended ? AbortSignal.timeout(15000) : undefined;
      news = await (await fetch(base + "wait", { headers: own, signal })).json();
    } catch {
      if (!ended) finish({ state: "ended", message: "ov has ended, so nothing can be answered here." });
      return;
    }
    if (news.state === "next") return location.reload();
    if (news.state !== "open" && !ended && !buttons[0].disabled) finish(news);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const chosen = form.querySelector("input[name=decision]:checked");
  answer(chosen ? chosen.value : "accept");
});
document.querySelector("#refuse").addEventListener("click", () => answer("deny"));
show?.addEventListener("change", () => value.classList.toggle("hidden-text", !show.checked));
document.querySelector("#until")?.addEventListener("focus", () => {
  form.querySelector("input[value=until]").checked = true;
});
watch();
`;
