import { digestOf } from '../../acceptance/generated-bytes.ts'
import { sha256Of } from '../content.ts'
import type { LedgerFile } from '../ledger.ts'
import { callApi, type Caller } from './call-api.ts'

/** As its owner reads a private file: by a link of his own. @returns why it is not whole, or null */
export const whySecretUnreadable = async (
  owner: Caller & { gatewayUrl: string },
  file: LedgerFile,
): Promise<string | null> => {
  const body = { expiresInSeconds: 600 }
  const { url } = await callApi<{ url: string }>(owner, 'POST', `/api/v1/files/${file.id}/links`, { body })
  const answer = await fetch(new URL(url, owner.gatewayUrl))
  const served = await digestOf(answer.body).catch(() => undefined)
  if (answer.status !== 200) return `the gateway answers ${answer.status} to its owner's link`
  return served?.sha256 === (await sha256Of(file)) ? null : 'its owner reads other bytes'
}
