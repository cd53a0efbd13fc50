export { isLogBesideTable } from "./beside-table";
export { decideLog, type LogLayout } from "./decide";
export { LogRows } from "./rows";
