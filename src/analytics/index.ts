export { analyzeQueued } from "./consumer";
export { executeStrategy } from "./execute";
export { analyticsRoutes } from "./routes";
