import type { Database } from '@packages/db/open-database'
import type { MasterKey } from '@packages/runtime/master-key'
import { openMail } from '@packages/runtime/sealed-mail'
import type { Mail } from '@packages/shared/mail'

/** Mails that were posted, oldest first: what the job queue holds, opened. Null stands for a mail to nobody. */
export const postedMails = async ({
  db,
  masterKey,
}: {
  db: Database
  masterKey: MasterKey
}): Promise<(Mail | null)[]> => {
  const { rows } = await db.pool.query(`select data from jobs.job where name = 'send-mail' order by data->>'id'`)
  return rows.map(({ data }) => openMail(masterKey, data))
}

/** The newest mail to an address. */
export const lastMailTo = async (api: { db: Database; masterKey: MasterKey }, to: string): Promise<Mail | undefined> =>
  (await postedMails(api)).findLast((mail) => mail?.to === to) ?? undefined

/** The token in the link of the newest mail to an address. */
export const mailedToken = async (api: { db: Database; masterKey: MasterKey }, to: string): Promise<string> => {
  const mail = await lastMailTo(api, to)
  const token = mail !== undefined && 'link' in mail.content ? mail.content.link.split('#token=')[1] : undefined
  if (token === undefined) throw new Error(`no link was mailed to ${to}`)
  return token
}
