import { z } from 'zod'

/** Trimmed and lower-cased before it is compared or stored: one address is one account. */
export const emailField = z
  .string()
  .trim()
  .toLowerCase()
  .pipe(z.email({ error: 'is not an e-mail address' }).max(254, { error: 'has more than 254 characters' }))
  .meta({ description: 'E-mail address; compared without regard to case.', example: 'ada@example.org' })

/** What better-auth allows; length is what counts (NIST SP 800-63B, 3.1.1.2). */
export const newPasswordField = z
  .string()
  .min(8, { error: 'has fewer than 8 characters' })
  .max(128, { error: 'has more than 128 characters' })
  .meta({
    description: '8 to 128 characters; not one of those that are tried first, and not the e-mail address.',
    example: 'correct horse battery staple',
  })

/** A person's or an organization's name. */
export const nameField = z
  .string()
  .trim()
  .min(1, { error: 'is empty' })
  .max(100, { error: 'has more than 100 characters' })
  .regex(/^[^\p{Cc}]*$/u, { error: 'has control characters' })
  .meta({ example: 'Ada Lovelace' })

export const accountSchema = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    platformRole: z.enum(['user', 'operator']),
    createdAt: z.iso.datetime(),
    organization: z.object({ id: z.string(), name: z.string(), slug: z.string() }),
  })
  .meta({ id: 'Account', description: 'A user with the organization that was made for them.' })

export type Account = z.infer<typeof accountSchema>
