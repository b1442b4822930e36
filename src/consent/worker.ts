/**
 * The page isolate's entry. `main.ts` hands it one end of a channel, and the other to the keeper, before any npm package
 * is loaded; to `main.ts` it says nothing but "ready". It listens when the first question comes, not before.
 */
import { ConsentPage } from "./page.ts";
import type { ToPage } from "../keeper/page_protocol.ts";

self.addEventListener("message", (event: MessageEvent<{ port: MessagePort }>) => {
  const { port } = event.data;
  const page = new ConsentPage((message, transfer) => port.postMessage(message, transfer), (handler) => {
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port: 0,
      onListen: () => {},
      // A foreign error may quote a request.
      onError: () => new Response(null, { status: 500 }),
    }, handler);
    return server.addr.port;
  });
  port.addEventListener("message", ({ data }: MessageEvent<ToPage>) => page.receive(data));
  port.start();
}, { once: true });

self.postMessage("ready");
