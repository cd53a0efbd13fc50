import type { Router } from "../platform/http/endpoint";
import { readRoutes } from "./read-routes";
import { writeRoutes } from "./write-routes";

export function streamRoutes(router: Router): void {
  writeRoutes(router);
  readRoutes(router);
}
