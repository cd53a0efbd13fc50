export { opsRoutes } from "./routes";
export { forgetTenantOfTotals } from "./totals-store";
