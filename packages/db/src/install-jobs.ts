import { setTimeout as sleep } from 'node:timers/promises'
import { JOBS } from '@packages/shared/jobs'
import type pg from 'pg'
import { PgBoss } from 'pg-boss'
import { JOBS_SCHEMA, QUEUE_OPTIONS } from './jobs.ts'

/** Brings pg-boss's schema to its release and makes a queue for every kind of job. Runs under the migrations' lock. */
export const installJobs = async (client: pg.ClientBase): Promise<void> => {
  const boss = new PgBoss({
    schema: JOBS_SCHEMA,
    // A text of several statements gives a list of results; pg-boss takes both.
    db: { executeSql: async (text, values) => client.query(text, values) },
    supervise: false,
    schedule: false,
    registerInstance: false,
  })
  let failure: Error | undefined
  boss.on('error', (error) => {
    failure ??= error
  })
  await boss.start()
  try {
    for (const name of Object.keys(JOBS)) {
      if (await boss.getQueue(name)) await boss.updateQueue(name, QUEUE_OPTIONS)
      else await boss.createQueue(name, QUEUE_OPTIONS)
    }
    await backgroundMigrations(boss)
  } finally {
    await boss.stop({ graceful: false })
  }
  if (failure) throw failure
}

/** pg-boss builds large indexes after its migration, in instances that may migrate; only this one may. */
const backgroundMigrations = async (boss: PgBoss): Promise<void> => {
  for (;;) {
    const left = (await boss.getBamStatus()).filter(({ status }) => status === 'pending' || status === 'in_progress')
    if (left.length === 0) return
    await sleep(200)
  }
}
