// A quarter of the ten thousand schedules that every change has to survive; `npm run simulate` runs a million.
import { expectNothingWrong } from "./expect-nothing-wrong.ts";

expectNothingWrong(7501, 2500);
