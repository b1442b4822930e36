import { OvError } from "../../base/mod.ts";
import type { Door } from "../door.ts";
import type { Handlers } from "../handlers.ts";
import { strengthOf, typeNewPassword } from "../new_password.ts";

/** `ov password change`: the password as it is, typed, then the new one twice. */
export function passwordHandlers(door: Door): Pick<Handlers, "password.change"> {
  return {
    "password.change": async () => {
      door.requireVault();
      return await door.useTypedPassword("Change the master password.", async (old) => {
        const session = await door.unlockWith(old);
        const { password, strength } = await typeNewPassword(door);
        try {
          if (password.equals(old)) {
            throw new OvError("usage/value", "Cannot change the password: it is the same as before");
          }
          await session.changePassword(old, password, { audit: { action: "password-change", origin: "human" } });
        } finally {
          password.wipe();
        }
        return { strength: strengthOf(strength), passwordFile: door.hasPasswordFile };
      });
    },
  };
}
