import { describe } from 'vitest'

// The suites that need a database, once more on the server at TEST_DATABASE_URL (the oldest release that is supported).
if (!process.env.TEST_DATABASE_URL)
  throw new Error('TEST_DATABASE_URL is not set: start a PostgreSQL and name it there')

const repeat = (name: string, load: () => Promise<unknown>): void => {
  describe(name, async () => {
    await load()
  })
}

repeat('open-database', () => import('./open-database.test.ts'))
repeat('migrations', () => import('./migrations.test.ts'))
repeat('tables', () => import('./tables.test.ts'))
repeat('unit-of-work', () => import('./unit-of-work.test.ts'))
repeat('jobs', () => import('./jobs.test.ts'))
repeat('policy-log', () => import('./policy-log.test.ts'))
repeat('store-epoch', () => import('./store-epoch.test.ts'))
repeat('idempotency', () => import('./idempotency.test.ts'))
repeat('ingest-committer', () => import('./ingest-committer.test.ts'))
repeat('remove-pins', () => import('./remove-pins.test.ts'))
repeat('content-lifecycle', () => import('./content-lifecycle.test.ts'))
repeat('test-database', () => import('./test-database.test.ts'))
