/**
 * The strength isolate: rates a new master password with a well-kept estimator, which is an npm package. It is created
 * with no permission at all, its port is handed over before any other npm package is loaded, and the only thing that it
 * answers is a number. Who may call it: the keeper, for `ov init`.
 *
 * ```text
 * main.ts -> here    the port of a channel, whose other end the keeper has
 * keeper  -> here    { password: Uint8Array }
 * here    -> keeper  { score: 0 | 1 | 2 | 3 | 4 }
 * ```
 */
import { ZxcvbnFactory } from "@zxcvbn-ts/core";
import * as common from "@zxcvbn-ts/language-common";
import * as english from "@zxcvbn-ts/language-en";

/** Longer passwords are rated by their beginning: the estimator's time grows faster than their length. */
const MAX_RATED_CHARACTERS = 128;

const estimator = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
});

self.addEventListener("message", (event: MessageEvent<{ port: MessagePort }>) => {
  const { port } = event.data;
  port.addEventListener("message", ({ data }: MessageEvent<{ password: Uint8Array }>) => {
    const password = new TextDecoder().decode(data.password).slice(0, MAX_RATED_CHARACTERS);
    data.password.fill(0);
    port.postMessage({ score: estimator.check(password).score });
  });
  port.start();
}, { once: true });

self.postMessage("ready");
