import type { z } from 'zod'
import type { GatewayRow } from './repository.ts'
import type { gatewaySchema } from './schemas.ts'

export type PresentedGateway = z.infer<typeof gatewaySchema>

export const presentGateway = (row: GatewayRow): PresentedGateway => ({
  id: row.id,
  name: row.name,
  mode: row.mode,
  tokenRequired: row.token_required,
  allowedAddresses: row.allowed_addresses,
  allowedHosts: row.allowed_hosts,
  allowedReferrers: row.allowed_referrers,
  requestsPerMinute: row.requests_per_minute,
  bytesPerMinute: row.bytes_per_minute,
  indexPath: row.index_path,
  notFoundPath: row.not_found_path,
  tokens: row.tokens.map(({ id, name, created_at }) => ({ id, name, createdAt: created_at.toISOString() })),
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})
