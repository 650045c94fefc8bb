import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import type { NodeReport } from '../pin-backend.ts'
import { refuseTwins } from './refuse-twins.ts'

const report = fc.record({
  nodeId: fc.uuid(),
  name: fc.string(),
  network: fc.constant('public' as const),
  zone: fc.constant(''),
  state: fc.constantFrom<NodeReport['state']>('up', 'down', 'refused'),
  reason: fc.constant(null),
  version: fc.constant(null),
  peerId: fc.constantFrom(null, 'a', 'b'),
  addresses: fc.constant<string[]>([]),
  capacityBytes: fc.constant(null),
  usedBytes: fc.constant(null),
  peers: fc.constant(null),
  provide: fc.constant(null),
})
const reports = fc.uniqueArray(report, { selector: ({ nodeId }) => nodeId, maxLength: 6 })

it('leaves one of each node, the oldest, and all that are alone as they are', () => {
  fc.assert(
    fc.property(reports, (given) => {
      const left = refuseTwins(given)
      expect(left.map(({ nodeId }) => nodeId)).toEqual(given.map(({ nodeId }) => nodeId))
      for (const [index, before] of given.entries()) {
        const older = given.some((one) => one.peerId === before.peerId && one.nodeId < before.nodeId)
        if (before.peerId === null || !older) expect(left[index]).toBe(before)
        else expect(left[index]).toMatchObject({ state: 'refused', reason: expect.stringMatching(/the same node as/) })
      }
      for (const peerId of ['a', 'b'])
        expect(left.filter((one) => one.peerId === peerId && one.state === 'up').length).toBeLessThanOrEqual(1)
    }),
  )
})
