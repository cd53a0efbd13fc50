export { advanceTenants, type DueTenant, dueTenants, endAutoRun } from "./auto-store";
export { type Budget, newBudget, spend } from "./budget";
export { currentTenant } from "./change";
export { tenantRoutes } from "./routes";
export { findTenant, type Tenant, updateTenant } from "./store";
