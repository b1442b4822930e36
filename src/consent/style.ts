/** Style of the page: light and dark by the browser's wish, from 320 pixels on, visible focus, no motion. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1c20; --soft: #565b66; --paper: #f4f5f7; --card: #ffffff; --line: #d5d8de;
  --field: #ffffff; --code: #f0f1f4; --accent: #0b57d0; --on-accent: #ffffff; --warn: #6b3d00; --warn-paper: #fff3dc;
  --warn-line: #e0b15e; --bad: #a3161b; --good: #14683a; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8eaee; --soft: #a6acb8; --paper: #14161a; --card: #1d2026;
  --line: #3a3f49; --field: #14161a; --code: #272b33; --accent: #8ab4f8; --on-accent: #0b1a33; --warn: #ffd99a;
  --warn-paper: #33270f; --warn-line: #7a5b1e; --bad: #ff9b9b; --good: #86d6a8; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: clamp(.75rem, 4vw, 3rem) clamp(.5rem, 3vw, 1.5rem); }
.brand { display: flex; align-items: center; gap: .5rem; margin: 0 0 .75rem; font-weight: 600; color: var(--soft); }
.brand svg { width: 1.25rem; height: 1.25rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: clamp(1rem, 4vw, 2rem); }
h1 { margin: 0 0 1rem; font-size: clamp(1.25rem, 4.5vw, 1.6rem); line-height: 1.25; }
h1:focus { outline: none; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1rem; }
p { margin: 0 0 .75rem; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); }
dl { display: grid; grid-template-columns: minmax(7rem, auto) 1fr; gap: .4rem 1rem; margin: 0 0 1rem; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .6rem; } }
code { font: .92em/1.5 ui-monospace, monospace; background: var(--code); border-radius: 5px; padding: .1em .35em;
  overflow-wrap: anywhere; white-space: pre-wrap; }
.command { display: block; padding: .6rem .75rem; }
ul, ol { margin: 0 0 .75rem; padding-left: 1.25rem; }
.names { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .35rem; }
.warnings { background: var(--warn-paper); color: var(--warn); border: 1px solid var(--warn-line); border-radius: 8px;
  padding: .6rem .9rem; margin: 0 0 1rem; }
.warnings h2 { margin: 0 0 .25rem; }
.warnings ul { margin: 0; }
details { margin: 0 0 .75rem; }
summary { cursor: pointer; color: var(--soft); padding: .2rem 0; }
details li { margin: .4rem 0; }
.digest { color: var(--soft); font-size: .85em; overflow-wrap: anywhere; }
form { border-top: 1px solid var(--line); margin-top: 1.25rem; padding-top: 1.25rem; }
fieldset { border: 0; margin: 0 0 1rem; padding: 0; }
legend, .label { display: block; padding: 0; margin: 0 0 .35rem; font-weight: 600; }
.choice { display: flex; gap: .6rem; align-items: baseline; padding: .3rem 0; min-height: 2rem; }
.choice input { flex: none; accent-color: var(--accent); width: 1.1rem; height: 1.1rem; translate: 0 .15rem; }
.hint { color: var(--soft); font-size: .9rem; margin: .25rem 0 .75rem; }
input[type=password], textarea, select { width: 100%; font: inherit; color: var(--ink); background: var(--field);
  border: 1px solid var(--soft); border-radius: 8px; padding: .6rem .75rem; }
select { width: auto; max-width: 100%; padding: .3rem .5rem; }
textarea { min-height: 6rem; resize: vertical; font-family: ui-monospace, monospace; }
textarea.hidden-text { -webkit-text-security: disc; }
.field { margin: 0 0 1rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: .5rem 1.4rem; border-radius: 8px; cursor: pointer;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); flex: 0 1 auto; }
button.second { background: transparent; color: var(--ink); border-color: var(--soft); }
button:disabled { opacity: .6; cursor: default; }
@media (max-width: 26rem) { button { flex: 1 1 100%; } }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
#error { color: var(--bad); font-weight: 600; margin: 0 0 .75rem; }
#error:empty, #status:empty { display: none; }
#status { color: var(--soft); margin: .75rem 0 0; }
.allowed { color: var(--good); }
footer { color: var(--soft); font-size: .875rem; margin: 1rem .25rem 0; }
@media (forced-colors: active) { .card, .warnings, button, input, textarea { border: 1px solid; } }
`;
