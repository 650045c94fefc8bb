import { z } from 'zod'

/** As `nodes.zone`: no control characters, for they stand in lists and logs. */
export const zoneField = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{N} ._:/-]+$/u, 'letters, digits, spaces and ._:/- only')

const copies = z.int().min(1).max(100)
const zones = z.array(zoneField).max(10)

export const replicationSchema = z.object({
  min: copies.describe('So many nodes have to confirm a copy before it is `pinned`.'),
  max: copies.describe('So many copies are made, as far as there are nodes.'),
  zones: zones.describe('Each has to have one of the copies; a zone is what operators say of nodes.'),
})

/** A whole policy, as somebody sets it. */
export const replicationPolicySchema = z
  .strictObject(replicationSchema.shape)
  .refine(({ min, max }) => min <= max, { path: ['max'], error: 'is less than min' })
  .refine(({ zones: some, max }) => some.length <= max, { path: ['zones'], error: 'are more than max' })

/** What is left out follows from the default: the group's, the organization's, or the platform's. */
export const replicationWishSchema = z
  .strictObject({
    min: copies.optional().describe('So many nodes have to confirm a copy before it is `pinned`.'),
    max: copies.optional().describe('So many copies are made, as far as there are nodes; at least `min`.'),
    zones: zones.optional().describe('Each has to have one of the copies; at most `max`.'),
  })
  .refine(({ min = 1, max }) => max === undefined || min <= max, { path: ['max'], error: 'is less than min' })
  .refine(({ zones: some = [], max }) => max === undefined || some.length <= max, {
    path: ['zones'],
    error: 'are more than max',
  })
  .describe(
    'Within the plan’s `replicationMax`. What is left out follows from its group’s policy, or else from the organization’s default.',
  )
