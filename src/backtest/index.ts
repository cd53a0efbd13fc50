export { advance, start } from "./advance";
export { backtests } from "./consumer";
export { planOf } from "./plan";
export { report } from "./report";
export { backtestRoutes } from "./routes";
