import type { Row } from '@packages/db/tables'
import { z } from 'zod'

export const MAX_PASSWORD_CHARS = 128

export const linkSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    hasPassword: z.boolean(),
    downloads: z.int().describe('Responses so far that held the first byte, or began without it.'),
    maxDownloads: z.int().nullable(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Link' })

export type Link = z.infer<typeof linkSchema>

export const newLinkSchema = z.strictObject({
  name: z.string().trim().max(100).default('').describe('To tell it from others in the list.'),
  expiresInSeconds: z
    .int()
    .min(1)
    .max(3_155_760_000)
    .describe('How long the link works; the operator sets the longest time (`LINK_MAX_AGE`).'),
  password: z
    .string()
    .min(8)
    .max(MAX_PASSWORD_CHARS)
    .optional()
    .describe('Asked for beside the link: in the header Holdfast-Link-Password, or by a page. Stored hashed.'),
  maxDownloads: z.int().min(1).max(1_000_000_000).optional().describe('How many downloads it is good for, exactly.'),
})

export type NewLink = z.infer<typeof newLinkSchema>

export const linkShownOnceSchema = linkSchema
  .extend({
    token: z.string().describe('Opens the file, as `?link=` or as `Authorization: Bearer`.'),
    url: z.string().describe('The whole address at the gateway.'),
  })
  .meta({ id: 'NewLink' })

/** What callers see of a row; never a hash. */
export const presentLink = (row: Row<'file_links'>): Link => ({
  id: row.id,
  name: row.name,
  createdAt: row.created_at.toISOString(),
  expiresAt: row.expires_at.toISOString(),
  hasPassword: row.password_hash !== null,
  downloads: row.downloads,
  maxDownloads: row.max_downloads,
  lastUsedAt: row.last_used_at?.toISOString() ?? null,
})
