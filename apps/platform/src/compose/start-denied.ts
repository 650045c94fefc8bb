import { open } from 'node:fs/promises'
import { Denylist } from '@apps/gateway/denylist/denylist'
import type { Database } from '@packages/db/open-database'
import { currentPolicyPosition, tailPolicyLog } from '@packages/db/policy-log'
import { readTakedowns, Takedowns } from '@packages/db/takedowns'
import { type Config, ConfigError } from '@packages/runtime/config'
import type { MinimalLogger } from '@packages/runtime/minimal-logger'
import { OutgoingCalls } from '@packages/runtime/outgoing/outgoing-calls'
import type { ServiceStack } from '@packages/runtime/service-stack'
import { DenylistSubscriptions } from '../denylists/denylist-subscriptions.ts'
import { prepareSubscribedFile, SubscribedList, subscribedFileOf } from '../denylists/subscribed-list.ts'

export type DeniedParts = {
  stack: Pick<ServiceStack, 'acquire'>
  db: Pick<Database, 'kysely' | 'listen'>
  logger: MinimalLogger
}

type DeniedConfig = Pick<Config, 'dataDir' | 'denylists' | 'denylistSubscriptions'>

/** The operator has named them. */
const TO_LISTS = { steeredBy: 'operator', maxBodyBytes: 64 * 1024 * 1024, timeoutMs: 120_000 } as const

/** Why it cannot be read; undefined when it can. */
const problemOf = async (file: string): Promise<string | undefined> => {
  try {
    const handle = await open(file)
    const isFolder = (await handle.stat()).isDirectory()
    await handle.close()
    return isFolder ? 'EISDIR' : undefined
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
  }
}

/**
 * Every file with rules, in the order in which they apply: what is subscribed to, and then the operator's own.
 * @throws ConfigError when some of the operator's cannot be read
 */
export const denylistFilesOf = async ({
  dataDir,
  denylists,
  denylistSubscriptions: { urls },
}: DeniedConfig): Promise<readonly string[]> => {
  const problems: string[] = []
  for (const file of denylists) {
    const problem = await problemOf(file)
    if (problem !== undefined) problems.push(`DENYLISTS cannot be read: ${file} (${problem})`)
  }
  if (problems.length > 0) throw new ConfigError(problems)
  const subscribed = urls.map((url) => subscribedFileOf(dataDir, url))
  for (const file of subscribed) await prepareSubscribedFile(file)
  return [...subscribed, ...denylists]
}

/** Renews the lists that are subscribed to, for all processes on this data folder. */
const subscriptionsOf = ({ dataDir, denylistSubscriptions }: DeniedConfig, logger: MinimalLogger) => {
  const outgoing = new OutgoingCalls(TO_LISTS)
  const { urls, everyMs } = denylistSubscriptions
  const lists = urls.map((url) => new SubscribedList({ url, file: subscribedFileOf(dataDir, url), outgoing }))
  return new DenylistSubscriptions({ lists, everyMs, logger })
}

/** What this process denies to peers and to whoever brings content: the operator's denylists, and takedowns as the policy log tells them. */
export const startDenied = async (
  config: DeniedConfig,
  { stack, db, logger }: DeniedParts,
): Promise<{ denylist: Denylist; subscriptions: DenylistSubscriptions }> => {
  const files = await denylistFilesOf(config)
  const subscriptions = await stack.acquire(
    'denylist subscriptions',
    async () => {
      const made = subscriptionsOf(config, logger)
      await made.start()
      return made
    },
    (running) => running.stop(),
  )
  const from = await currentPolicyPosition(db.kysely)
  const takedowns = new Takedowns(await readTakedowns(db.kysely))
  const denylist = await stack.acquire(
    'denylists',
    () => Denylist.open({ files, takedowns, logger }),
    (open) => open.close(),
  )
  await stack.acquire(
    'takedowns',
    () =>
      tailPolicyLog(db, {
        from,
        onEntries: (entries) => {
          if (takedowns.hear(entries)) denylist.takedownsChanged()
        },
        logger,
      }),
    (tail) => tail.stop(),
  )
  return { denylist, subscriptions }
}
