import type { Router } from "../platform/http/endpoint";
import { feedbackRoutes } from "./feedback-routes";
import { liveRoutes } from "./live-routes";
import { manageRoutes } from "./manage-routes";
import { readRoutes } from "./read-routes";
import type { ScheduleCheck } from "./schedule";
import { writeRoutes } from "./write-routes";

/** `checkSchedule` is the strategies' word on a schedule: streams themselves know none of them. */
export function streamRoutes(router: Router, checkSchedule: ScheduleCheck): void {
  writeRoutes(router);
  readRoutes(router);
  liveRoutes(router);
  manageRoutes(router, checkSchedule);
  feedbackRoutes(router);
}
