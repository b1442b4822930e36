import { OvError } from "../../base/mod.ts";
import { forgetClient, listClients } from "../client_store.ts";
import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";

/** `ov client`. Remembering one is done on the consent page, and only there. */
export function clientHandlers(door: Door): Pick<Handlers, "client.list" | "client.revoke"> {
  return {
    "client.list": async () => {
      const vault = await door.unlock("List the agents' programs that are remembered.");
      return { clients: await listClients(vault, door.parts.now()) };
    },
    "client.revoke": async ({ id }) => {
      const vault = await door.unlock("Forget an agent's program.");
      if (!(await forgetClient(vault, id))) {
        throw new OvError("client/not-found", "Cannot forget the client: there is no such client", {
          hint: "`ov client list` shows them.",
        });
      }
      await vault.appendAudit({ action: "client-revoke", client: id });
      return {};
    },
  };
}
