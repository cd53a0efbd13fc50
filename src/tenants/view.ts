import { formatMs } from "../core/timestamps";
import type { TenantView } from "./contract";
import type { Tenant } from "./store";

export const viewOf = (tenant: Tenant): TenantView => ({
  tenant_id: tenant.tenantId,
  name: tenant.name,
  email: tenant.email,
  tier: tenant.tier,
  region: tenant.region,
  status: tenant.status,
  limits: tenant.limits,
  allowed_strategies: tenant.allowedStrategies,
  settings: tenant.settings,
  auto_processing:
    tenant.autoDueMs === null ? null : { next_due_at: formatMs(tenant.autoDueMs), last_run: tenant.autoLast },
  created_at: formatMs(tenant.createdAt),
  updated_at: formatMs(tenant.updatedAt),
});

export const etagOf = (tenant: Tenant): string => `"${tenant.version}"`;
