export { executions } from "./consumer";
export { executeStrategy } from "./execute";
export { analyticsRoutes } from "./routes";
