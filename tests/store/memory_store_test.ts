import { MemoryDisk, MemoryStore } from "../../src/store/mod.ts";
import { testStore } from "../suites/store_suite.ts";

testStore({
  name: "MemoryStore",
  make: (records) => {
    const disk = new MemoryDisk(records);
    return { connect: () => new MemoryStore(disk), dispose: () => {} };
  },
});
