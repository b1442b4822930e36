/** This process's own stdio as a caller's (`run/own_caller.ts`), for those who stand around the keeper. */
export { OwnCaller } from "../run/own_caller.ts";
