import { TAKEDOWN_STATUSES } from '@packages/shared/takedown'
import { z } from 'zod'

/** Of rows whose content may not be served. */
export const deniedSchema = z
  .object({
    status: z.literal(TAKEDOWN_STATUSES).describe('What gateways answer.'),
    caseNumber: z.string().nullable().describe('Of the operator’s case; null where a denylist names it.'),
  })
  .meta({ id: 'Denied' })
  .optional()
  .describe('Of content that the operator has denied: gateways serve it to nobody, and it is announced no more.')
