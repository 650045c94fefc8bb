import { silentLogger } from '@packages/runtime/minimal-logger'
import { expect, test } from 'vitest'
import { StoreAlarms } from './store-alarms.ts'
import { StoreEpochGuard } from './store-epoch-guard.ts'

test('the epoch is raised once at a time, anew for each who asks, also after one that failed', async () => {
  let running = 0
  let most = 0
  let raised = 0
  const guard = new StoreEpochGuard({
    raise: async () => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      running--
      if (++raised === 1) throw new Error('the database does not answer')
      return 'fits'
    },
    alarms: new StoreAlarms(silentLogger),
    logger: silentLogger,
  })
  const [first, second, third] = await Promise.allSettled([guard.raise(), guard.raise(), guard.raise()])
  expect([first.status, second.status, third.status]).toEqual(['rejected', 'fulfilled', 'fulfilled'])
  expect({ most, raised, isOpen: guard.isOpen() }).toEqual({ most: 1, raised: 3, isOpen: true })
})
