/** What ends the commands of a killed agent (`run/guard.ts`), for those who stand around the keeper. */
export { Guard } from "../run/guard.ts";
