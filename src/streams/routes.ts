import type { Router } from "../platform/http/endpoint";
import { liveRoutes } from "./live-routes";
import { manageRoutes } from "./manage-routes";
import { readRoutes } from "./read-routes";
import { writeRoutes } from "./write-routes";

export function streamRoutes(router: Router): void {
  writeRoutes(router);
  readRoutes(router);
  liveRoutes(router);
  manageRoutes(router);
}
