import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";

/** `ov rotate`: the typed password, because it can end what machines do. */
export function rotateHandlers(door: Door): Pick<Handlers, "rotate"> {
  return {
    rotate: async ({ all, dropMachineKeys }) => {
      const { app, env } = door.context();
      const session = await door.unlockTyped([
        `Make new keys for ${all ? "every environment" : `${app}/${env}`}; no value changes.`,
        ...dropMachineKeys ? ["  every machine key of it stops working"] : [],
      ].join("\n"));
      if (!all) await door.requireEnv(session, { app, env });
      return { rotated: await session.rotateEnvs(all ? null : [{ app, env }], { dropMachineKeys }) };
    },
  };
}
