import { z } from 'zod'
import { hasOneIdentity, identityFields, ONE_IDENTITY } from '../auth/confirmation/schemas.ts'

/** What is to go: its name or address typed once more. */
const confirmField = z.string().min(1).max(400)

const bodyWith = (confirm: string) =>
  z
    .strictObject({ ...identityFields, confirm: confirmField.meta({ description: confirm }) })
    .refine(hasOneIdentity, ONE_IDENTITY)

export const ownErasureBody = bodyWith('My e-mail address.')
export const organizationErasureBody = bodyWith("The organization's slug.")
export const userErasureBody = bodyWith("The user's e-mail address.")

export const receiptBody = z.strictObject({
  token: z.string().min(1).max(200).meta({ description: 'From the answer to the erasure.' }),
})

export const erasureStartedSchema = z
  .object({
    id: z.string(),
    receiptToken: z.string().meta({
      description:
        'Shown once. Who holds it can read the receipt, without an account; keep it, or hand it to who was erased.',
    }),
  })
  .meta({ id: 'ErasureStarted' })

export const receiptSchema = z
  .object({
    id: z.string(),
    kind: z.enum(['user', 'organization']),
    requestedBy: z.enum(['self', 'owner', 'operator']),
    state: z.enum(['running', 'done']).meta({
      description: '`done`: the rows are deleted, and the bytes are gone from the segments of the store.',
    }),
    requestedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
    erased: z
      .record(z.string(), z.number())
      .meta({ description: 'How much went, by table of the database or by store. Complete when `state` is `done`.' }),
    backups: z.object({
      keptUntil: z.iso.datetime().nullable().meta({
        description:
          'When the last backup that may hold it is gone; null while the erasure runs, or when the operator has not told.',
      }),
      note: z.string(),
    }),
    elsewhere: z.string().meta({ description: 'What cannot be erased from here.' }),
    stays: z.array(z.string()).meta({ description: 'What is kept, and why it names nobody.' }),
  })
  .meta({ id: 'ErasureReceipt' })

export type ErasureStarted = z.infer<typeof erasureStartedSchema>
export type Receipt = z.infer<typeof receiptSchema>
