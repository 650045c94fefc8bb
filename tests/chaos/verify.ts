import { setTimeout as sleep } from 'node:timers/promises'
import { digestOf } from '../acceptance/generated-bytes.ts'
import { Session } from '../acceptance/session.ts'
import { rootOf, sha256Of } from './content.ts'
import type { Ledger, LedgerFile } from './ledger.ts'

/** How long a restarted platform may take to give up what was deleted right before it was killed. */
const RELEASE_MS = 10_000

export type Verification = { apiUrl: string; gatewayUrl: string; keys: readonly string[]; ledger: Ledger }

const readsBack = async (gatewayUrl: string, file: LedgerFile): Promise<string | null> => {
  // The look at uploads that were cut off counts on this: it has no other way to their CIDs.
  if (file.cid !== (await rootOf(file.size, file.contentSeed))) return `${file.name} has the CID of other bytes`
  const answer = await fetch(`${gatewayUrl}/ipfs/${file.cid}`)
  if (answer.status !== 200) return `${file.name} was acknowledged and the gateway answers ${answer.status}`
  const { sha256, size } = await digestOf(answer.body)
  const expected = await sha256Of(file.size, file.contentSeed)
  return sha256 === expected ? null : `${file.name} reads back with other bytes (${size} of ${file.size})`
}

const isGone = async (gatewayUrl: string, cid: string): Promise<boolean> => {
  for (const end = Date.now() + RELEASE_MS; ; await sleep(100)) {
    const answer = await fetch(`${gatewayUrl}/ipfs/${cid}`, { method: 'HEAD' })
    if (answer.status === 404) return true
    if (Date.now() > end) return false
  }
}

/** Nothing has one content, whatever it is made from. */
const contentOf = ({ size, contentSeed }: LedgerFile): string => (size === 0 ? '0' : `${size}:${contentSeed}`)

/** Contents that are gone: one file of each, one that was cut off if there is such. */
const goneContents = (ledger: Ledger): LedgerFile[] => {
  const gone = new Map<string, LedgerFile>()
  for (const file of ledger.in('gone'))
    if (gone.get(contentOf(file))?.cid !== undefined || !gone.has(contentOf(file))) gone.set(contentOf(file), file)
  for (const file of ledger.in('there')) gone.delete(contentOf(file))
  return [...gone.values()]
}

/**
 * An upload that was cut off and is not listed has no pin. Its blocks may have been committed right before the kill: then
 * the store keeps them until the orphan collector has waited (architecture, hard case 7), and what the gateway says of
 * them has to be the whole file all the same.
 */
const isWholeOrAbsent = async (
  gatewayUrl: string,
  file: LedgerFile,
  leftovers: { count: number },
): Promise<boolean> => {
  const answer = await fetch(`${gatewayUrl}/ipfs/${await rootOf(file.size, file.contentSeed)}`)
  // A body that breaks off in the middle is a part as well.
  const served = await digestOf(answer.body).catch(() => undefined)
  if (answer.status === 404) return true
  leftovers.count += 1
  return answer.status === 200 && served?.sha256 === (await sha256Of(file.size, file.contentSeed))
}

const inLanes = async <T>(items: readonly T[], lanes: number, run: (item: T) => Promise<void>): Promise<void> => {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of queue) await run(item)
    }),
  )
}

/** After a restart: what every list says, what the gateway serves. @returns every contradiction in words, and how many unowned roots the store still serves */
export const verify = async ({
  apiUrl,
  gatewayUrl,
  keys,
  ledger,
}: Verification): Promise<{ problems: string[]; leftovers: number }> => {
  const problems: string[] = []
  for (const [owner, key] of keys.entries())
    problems.push(...ledger.settle(owner, await new Session({ apiUrl }, key).listAll()))
  await inLanes(ledger.in('there'), 4, async (file) => {
    const problem = await readsBack(gatewayUrl, file)
    if (problem !== null) problems.push(problem)
  })
  const leftovers = { count: 0 }
  await inLanes(goneContents(ledger), 8, async (file) => {
    const { name, cid, size } = file
    if (cid !== undefined) {
      if (!(await isGone(gatewayUrl, cid))) problems.push(`${name} was deleted, and the gateway serves ${cid}`)
    } else if (size > 0 && !(await isWholeOrAbsent(gatewayUrl, file, leftovers)))
      problems.push(`${name} was cut off, and the gateway serves a part of it`)
  })
  return { problems, leftovers: leftovers.count }
}
