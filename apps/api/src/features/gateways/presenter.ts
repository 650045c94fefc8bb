import { proofRecord } from '@packages/db/gateway-domains/domain-proof'
import type { Row } from '@packages/db/tables'
import type { z } from 'zod'
import type { GatewayRow } from './repository.ts'
import type { domainSchema, gatewaySchema } from './schemas.ts'

export type PresentedGateway = z.infer<typeof gatewaySchema>

export type PresentedDomain = z.infer<typeof domainSchema>

export const presentDomain = (row: Row<'gateway_domains'>): PresentedDomain => ({
  id: row.id,
  domain: row.domain,
  state: row.verified_at === null ? 'pending' : 'verified',
  record: proofRecord(row.domain, row.proof),
  problem: row.problem,
  verifiedAt: row.verified_at?.toISOString() ?? null,
  createdAt: row.created_at.toISOString(),
})

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
  domains: row.domains.map(presentDomain),
  createdAt: row.created_at.toISOString(),
  updatedAt: row.updated_at.toISOString(),
})
