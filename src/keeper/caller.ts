/** Whoever asks for a run from elsewhere (`run/caller.ts`), for those who stand around the keeper. */
export type { Caller, CallerTerminal, WindowSize } from "../run/mod.ts";
