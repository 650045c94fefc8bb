import { randomUUIDv7 } from 'node:crypto'
import type { JobPayload } from '@packages/shared/jobs'
import { type Mail, mailSchema } from '@packages/shared/mail'
import { type MasterKey, UnsealError } from './master-key.ts'

const contextOf = (id: string): string => `mail/${id}`

/**
 * The payload of the job `send-mail`: address and links are nowhere in clear. Null is sealed like a mail and tells the
 * worker to send nothing, so that who looks at the work of a request does not learn whether it had a reader.
 */
export const sealMail = (masterKey: MasterKey, mail: Mail | null): JobPayload<'send-mail'> => {
  const id = randomUUIDv7()
  return { id, sealed: masterKey.seal(Buffer.from(JSON.stringify(mail)), contextOf(id)).toString('base64') }
}

/** @throws UnsealError when it was sealed under another master key */
export const openMail = (masterKey: MasterKey, { id, sealed }: JobPayload<'send-mail'>): Mail | null =>
  mailSchema.nullable().parse(JSON.parse(masterKey.open(Buffer.from(sealed, 'base64'), contextOf(id)).toString()))

/** The same, and null for what was sealed under another key: nobody can read that mail any more. */
export const openMailOrNull = (masterKey: MasterKey, payload: JobPayload<'send-mail'>): Mail | null => {
  try {
    return openMail(masterKey, payload)
  } catch (error) {
    if (error instanceof UnsealError) return null
    throw error
  }
}
