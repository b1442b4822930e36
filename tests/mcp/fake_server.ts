/** `serveMcp` around a fake keeper, as a process: its options are the JSON of the first argument. */
import { serveMcp } from "../../src/mcp/mod.ts";
import { FakeKeeper } from "./fake_keeper.ts";

const options = JSON.parse(Deno.args[0] ?? "{}");
const lingers = options.untilCancelled?.lingersMs !== undefined;
const onEnded = () => lingers && console.error("the command has ended");
const keeper = new FakeKeeper({ ...options, onEnded });
await serveMcp(keeper, { version: "0.0.0-test", authorize: false });
// As main.ts does: what is not waited for is cut off.
Deno.exit(0);
