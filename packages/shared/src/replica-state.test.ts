import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextReplicaStatus, type ReplicaEvent, type ReplicaStatus } from './replica-state.ts'

const EVENTS: ReplicaEvent[] = ['try', 'confirmed', 'absent', 'failed', 'node-silent', 'release']
const STATES: ReplicaStatus[] = ['assigned', 'pinning', 'pinned', 'unreachable', 'lost', 'releasing', 'error']

test.each(STATES.flatMap((status) => EVENTS.map((event) => ({ status, event }))))(
  'a copy that is $status never becomes pinned but by the word of its node ($event)',
  ({ status, event }) => {
    const next = nextReplicaStatus(status, event)
    if (next === 'pinned' && status !== 'pinned') expect(event).toBe('confirmed')
    if (next === 'lost' && status !== 'lost') expect(event).toBe('absent')
    if (next === 'gone') expect({ status, event }).toEqual({ status: 'releasing', event: 'absent' })
  },
)

/** What a node truly has, beside what we believe: the words of a node are true when they are said. */
test('whatever a node says, a copy counts only while its last word about it was that it has it', () => {
  const word = fc.constantFrom<ReplicaEvent>(...EVENTS)
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), (events) => {
      let status: ReplicaStatus | 'gone' = 'assigned'
      let lastWord: 'confirmed' | 'absent' | undefined
      let isReleasing = false
      for (const event of events) {
        if (event === 'confirmed' || event === 'absent') lastWord = event
        if (event === 'release') isReleasing = true
        status = nextReplicaStatus(status, event)
        if (status === 'gone') {
          expect(isReleasing && lastWord === 'absent').toBe(true)
          return
        }
        if (status === 'pinned') expect(lastWord).toBe('confirmed')
        expect(status === 'releasing').toBe(isReleasing)
      }
    }),
  )
})

test('what cannot be asked loses nothing, and silence is told', () => {
  expect(nextReplicaStatus('pinned', 'failed')).toBe('pinned')
  expect(nextReplicaStatus('pinned', 'node-silent')).toBe('unreachable')
  expect(nextReplicaStatus('unreachable', 'confirmed')).toBe('pinned')
  expect(nextReplicaStatus('unreachable', 'absent')).toBe('lost')
})
