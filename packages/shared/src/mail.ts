import { z } from 'zod'

const link = z.url()

/** What a mail says, as data: the notification service words it. */
const contentSchema = z.discriminatedUnion('template', [
  /** Proves an address: of a new account, or one that an account is to have. */
  z.object({ template: z.literal('confirm-registration'), link }),
  z.object({ template: z.literal('verify-email'), link }),
  /** Somebody asked for an account with an address that has one. */
  z.object({ template: z.literal('account-exists'), link }),
  z.object({ template: z.literal('reset-password'), link }),
  z.object({ template: z.literal('password-changed'), link }),
  z.object({ template: z.literal('email-changed'), newEmail: z.string() }),
  /** The second factor was turned on, off, off by an operator (with the password, or without), one of its recovery codes was used, a passkey came or went, or a sign-in provider was taken away. */
  z.object({
    template: z.literal('second-factor'),
    link,
    change: z.enum([
      'enabled',
      'disabled',
      'reset',
      'reset-with-password',
      'recovery-code-used',
      'passkey-added',
      'passkey-removed',
      'provider-unlinked',
    ]),
  }),
  /** A sign-in provider opens the account from now on. */
  z.object({ template: z.literal('oidc-linked'), link }),
  /** The record of an IPNS name reaches its signed end in so many days. */
  z.object({
    template: z.literal('ipns-ending'),
    link,
    name: z.string(),
    /** What its organization calls it; null where it has none. */
    label: z.string().nullable(),
    days: z.int().positive(),
    validUntil: z.string(),
  }),
  z.object({
    template: z.literal('invitation'),
    link,
    organization: z.string(),
    inviter: z.string(),
    role: z.string(),
  }),
])

export const mailSchema = z.object({ to: z.email(), content: contentSchema })

/** A mail to be sent: whom to and what it says. Links hold one-time tokens, so that it is stored sealed only. */
export type Mail = z.infer<typeof mailSchema>
export type MailContent = Mail['content']
