import { describe, expect, test } from 'vitest'
import { planRotation, type RotationFacts, type RotationStep } from './plan-rotation.ts'

const [now, next, third] = [1, 2, 3].map((byte) => Buffer.alloc(32, byte)) as [Buffer, Buffer, Buffer]
const v1 = { version: 1, bytes: now }
const v2 = { version: 2, bytes: next }

/** One key of our own, version 1, and nothing under way. */
const facts = (change: Partial<RotationFacts>): RotationFacts => ({
  place: 'the place',
  given: [now],
  held: [v1],
  versions: [1],
  lacking: [],
  ours: true,
  ...change,
})

describe('a rotation', () => {
  test.each<[string, Partial<RotationFacts>, RotationStep]>([
    ['makes a key where we keep them', {}, 'make'],
    ['adds the first key that the operator gives', { given: [next, now], ours: false }, 'add'],
    ['adds the key that a killed run had written down', { given: [next, now] }, 'add'],
    ['goes on when it had been added', { given: [next, now], held: [v2, v1], versions: [2, 1] }, 'go-on'],
    ['goes on when all was done but the end', { given: [next, now], held: [v2], versions: [2] }, 'go-on'],
    [
      'goes on when the key before was taken away, and is not needed',
      { given: [next], held: [v2], versions: [2, 1] },
      'go-on',
    ],
    ['may be followed by another one', { given: [third, next], held: [v2], versions: [2, 1] }, 'add'],
    ['has nothing to do for keys in the wrong order', { given: [now, next], ours: false }, 'go-on'],
  ])('%s', (_, change, step) => expect(planRotation(facts(change))).toBe(step))

  test.each<[string, Partial<RotationFacts>, string]>([
    ['no key', { given: [], held: [] }, 'not the newest one'],
    ['the key of another database', { given: [third], held: [] }, 'not the newest one'],
    ['the older key first', { given: [now, next], held: [v2, v1], versions: [2, 1] }, 'The newer of two'],
    ['the key before alone', { given: [now], held: [v1], versions: [2, 1] }, 'not the newest one'],
    ['the same key twice', { given: [now, now], ours: false }, 'are the same'],
    [
      'one key, and the other one is needed',
      { given: [next], held: [v2], lacking: [1], versions: [2, 1] },
      'Version 1',
    ],
    ['one key of the operator’s', { ours: false }, 'the new one first'],
  ])('is refused with %s', (_, change, message) => expect(() => planRotation(facts(change))).toThrow(message))
})
