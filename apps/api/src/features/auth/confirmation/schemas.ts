import { z } from 'zod'
import { passwordField } from '../second-factor/schemas.ts'
import type { Identity } from './prove-identity.ts'

/** Exactly one of the two. */
export const identityFields = {
  password: passwordField.optional(),
  confirmation: z.string().min(1).max(200).optional().meta({
    description:
      'In place of the password: from `POST /auth/confirmations`, or from the sign-in provider by the dashboard. Good once.',
  }),
}

type IdentityFields = { password?: string | undefined; confirmation?: string | undefined }

export const hasOneIdentity = ({ password, confirmation }: IdentityFields): boolean =>
  (password === undefined) !== (confirmation === undefined)

export const ONE_IDENTITY = { error: 'send either password or confirmation', path: ['password'] }

export const identityOf = ({ password, confirmation }: IdentityFields): Identity =>
  password === undefined ? { confirmation: confirmation ?? '' } : { password }

export const confirmationSchema = z
  .object({
    confirmation: z.string().meta({ description: 'Good once, in this session, in place of the password.' }),
    expiresIn: z.int().meta({ description: 'Seconds.', example: 300 }),
  })
  .meta({ id: 'Confirmation' })
