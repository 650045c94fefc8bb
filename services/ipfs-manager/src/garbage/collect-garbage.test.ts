import { expect, it } from 'vitest'
import { type GarbageFacts, isGarbageDue } from './collect-garbage.ts'

const MINUTE_MS = 60_000
const node = (facts: Partial<GarbageFacts>): GarbageFacts => ({
  releasedBytes: 0,
  releasedForMs: null,
  usedBytes: 10,
  capacityBytes: 100,
  collectedForMs: null,
  ...facts,
})

it.each<[string, Partial<GarbageFacts>, boolean]>([
  ['nothing was released', {}, false],
  ['a little was released just now', { releasedBytes: 1, releasedForMs: 1 }, false],
  ['a little was released ten minutes ago', { releasedBytes: 1, releasedForMs: 10 * MINUTE_MS }, true],
  ['a GiB was released just now', { releasedBytes: 2 ** 30, releasedForMs: 1 }, true],
  ['a little was released on a node that is rather full', { releasedBytes: 1, releasedForMs: 1, usedBytes: 80 }, true],
  ['nothing was released on a node that is rather full', { usedBytes: 80 }, false],
  ['nothing was released on a full node', { usedBytes: 90 }, true],
  ['a full node was collected just now', { usedBytes: 99, collectedForMs: 59 * MINUTE_MS }, false],
  ['a full node was collected an hour ago', { usedBytes: 99, collectedForMs: 60 * MINUTE_MS }, true],
  ['its size is not known', { usedBytes: null, capacityBytes: null }, false],
])('%s', (_, facts, due) => expect(isGarbageDue(node(facts))).toBe(due))
