import { keyNameOf } from '@apps/gateway/request/root-label'
import { enqueuePurges } from '@packages/db/cache-purges/enqueue-purges'
import { lastPolicyPosition } from '@packages/db/policy-log'
import { TAG_OF_ALL, tagOfContent, tagOfHost, tagOfName } from '@packages/shared/cache-tags'
import { parseCid } from '@packages/shared/cid'
import { domainNameOf } from '@packages/shared/domain-name'
import { connectDatabase, migrateDatabase } from '../compose/start-database.ts'
import { usageError } from './command-line.ts'
import { holdDataFolder } from './open-data-folder.ts'
import { runCommand } from './run-command.ts'

const SYNTAX = { takes: '[CID|NAME|DOMAIN …]', words: { min: 0, max: Number.POSITIVE_INFINITY } }

/** A domain is a name that leads somewhere, and a host; a key is a CID. Undefined for what is none of these. */
const tagsOf = (what: string): string[] | undefined => {
  const domain = domainNameOf(what)
  if (domain !== undefined) return [tagOfName(domain), tagOfHost(domain)]
  const key = keyNameOf(what)
  try {
    return [tagOfContent(parseCid(what)), ...(key === undefined ? [] : [tagOfName(key)])]
  } catch {
    return undefined
  }
}

/**
 * `npm run cdn:purge [-- CID|NAME|DOMAIN …]`: has the caches of CDN_CACHES let go what is about these, or all. The process with the role api sees to it within
 * a second, or when it starts; with the embedded database this needs that it is stopped.
 */
await runCommand(async (tools, { words: asked }) => {
  const { config, logger, stack } = tools
  const caches = config.cdnCaches.map(({ name }) => name)
  if (caches.length === 0) throw usageError('CDN_CACHES names no cache.')
  const unknown = asked.find((what) => tagsOf(what) === undefined)
  if (unknown !== undefined) throw usageError(`${unknown} is no CID, IPNS name or domain.`)
  const tags = asked.length === 0 ? [TAG_OF_ALL] : asked.flatMap((what) => tagsOf(what) ?? [])
  if (config.database.kind === 'embedded') await holdDataFolder(tools)
  const db = await connectDatabase(config, { stack, logger })
  await migrateDatabase(db, logger)
  await enqueuePurges(db.kysely, { caches, tags, position: await lastPolicyPosition(db.kysely), isUrgent: true })
  console.log(`${asked.length === 0 ? 'Everything' : asked.join(', ')} is to be let go by ${caches.join(', ')}.`)
  return 0
}, SYNTAX)
