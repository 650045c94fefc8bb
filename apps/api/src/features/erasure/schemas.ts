import { z } from 'zod'

/** The password as it is now, and what is to go: its name or address typed once more. */
const passwordField = z.string().min(1).max(1_000)
const confirmField = z.string().min(1).max(400)

export const ownErasureBody = z.strictObject({
  password: passwordField,
  confirm: confirmField.meta({ description: 'My e-mail address.' }),
})

export const organizationErasureBody = z.strictObject({
  password: passwordField,
  confirm: confirmField.meta({ description: "The organization's slug." }),
})

export const userErasureBody = z.strictObject({
  password: passwordField.meta({ description: "The operator's." }),
  confirm: confirmField.meta({ description: "The user's e-mail address." }),
})

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
