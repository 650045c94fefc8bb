import type { Row } from '@packages/db/tables'
import { z } from 'zod'

const limit = z.int().min(0).max(Number.MAX_SAFE_INTEGER).nullable().default(null)

export const planNameField = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be small letters, digits and "-", at most 40')
  .describe('Small letters, digits and `-`.')

export const newPlanSchema = z
  .strictObject({
    storageBytes: limit.describe('Bytes of distinct content that an organization may keep.'),
    files: limit.describe('Files and folders, each upload counted once.'),
    maxFileBytes: limit.describe('The largest file, or folder, of one upload.'),
    bandwidthBytesPerMonth: limit.describe('Bytes that the API sends in a month (UTC).'),
    requestsPerMonth: limit.describe('Authenticated requests in a month (UTC).'),
    replicationMax: z.int().min(1).max(100).nullable().default(null).describe('Copies that a pin may ask for.'),
  })
  .describe('Null, or nothing, means no limit.')

export type NewPlan = z.output<typeof newPlanSchema>

const shown = z.int().nullable()

export const planSchema = z
  .object({
    name: z.string(),
    storageBytes: shown,
    files: shown,
    maxFileBytes: shown,
    bandwidthBytesPerMonth: shown,
    requestsPerMonth: shown,
    replicationMax: shown,
    organizations: z.int().describe('How many are on this plan.'),
  })
  .meta({ id: 'Plan' })

export const planListSchema = z.object({ plans: z.array(planSchema) }).meta({ id: 'PlanList' })

export const planParams = z.object({ name: planNameField })

export const organizationPlanParams = z.object({ id: z.string().describe("An organization's id.") })

export const newOrganizationPlanSchema = z.strictObject({
  plan: planNameField,
  storageLimit: z
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .nullable()
    .optional()
    .describe("Bytes, in place of the plan's; null goes back to the plan. Unchanged when it is not given."),
})

export type NewOrganizationPlan = z.output<typeof newOrganizationPlanSchema>

export const organizationPlanSchema = z
  .object({ organizationId: z.string(), plan: z.string(), storageLimit: shown })
  .meta({ id: 'OrganizationPlan' })

type PlanRow = Row<'plans'> & { organizations: number }

export const presentPlan = (row: PlanRow): z.infer<typeof planSchema> => ({
  name: row.name,
  storageBytes: row.storage_bytes,
  files: row.files,
  maxFileBytes: row.max_file_bytes,
  bandwidthBytesPerMonth: row.bandwidth_bytes_per_month,
  requestsPerMonth: row.requests_per_month,
  replicationMax: row.replication_max,
  organizations: row.organizations,
})
