/** Starting the agent (`run/background.ts`), for those who stand around the keeper. */
export { startInBackground } from "../run/background.ts";
