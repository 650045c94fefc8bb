import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import type { FetchProgress } from '../pin-backend.ts'
import { FetchWatch } from './fetch-watch.ts'

const LIMITS = { maxMs: 60_000, stallMs: 60_000, maxBytes: 1_000, maxBlocks: 10, maxDepth: 10 }
const never = new AbortController().signal

const codeOf = (watch: FetchWatch): string | undefined => (watch.signal.reason as { code?: string } | undefined)?.code

it('ends at its limits, with what it ended by', () => {
  const cases = [
    [{ blocks: 10, bytes: 1_000 }, undefined],
    [{ blocks: 11, bytes: 5 }, 'limit_blocks'],
    [{ blocks: 1, bytes: 1_001 }, 'limit_bytes'],
  ] as const
  for (const [progress, code] of cases) {
    using watch = new FetchWatch(LIMITS, { signal: never })
    watch.take(progress)
    expect(codeOf(watch)).toBe(code)
  }
})

it('tells nobody found from a stand-still, and both from the time being over', async () => {
  const cases = [
    [{ ...LIMITS, stallMs: 20 }, 0, 'no_providers'],
    [{ ...LIMITS, stallMs: 20 }, 3, 'stalled'],
    [{ ...LIMITS, maxMs: 20 }, 3, 'limit_time'],
  ] as const
  for (const [limits, blocks, code] of cases) {
    using watch = new FetchWatch(limits, { signal: never })
    watch.take({ blocks, bytes: 1 })
    await expect.poll(() => codeOf(watch)).toBe(code)
  }
})

it('takes the same number again for a stand-still, and a higher one for progress', async () => {
  using moving = new FetchWatch({ ...LIMITS, stallMs: 400 }, { signal: never })
  for (let blocks = 1; blocks <= 8; blocks++) {
    moving.take({ blocks, bytes: 1 })
    await sleep(100)
  }
  expect(moving.signal.aborted).toBe(false)
  const standing = setInterval(() => moving.take({ blocks: 8, bytes: 1 }), 20)
  await expect.poll(() => codeOf(moving)).toBe('stalled')
  clearInterval(standing)
})

it('never tells a lower number, and every peer once', () => {
  const told: FetchProgress[] = []
  using watch = new FetchWatch(LIMITS, { signal: never, onProgress: (progress) => told.push(progress) })
  watch.tried({ peerId: 'a', outcome: 'failed' })
  watch.take({ blocks: 5, bytes: 50 })
  watch.take({ blocks: 2, bytes: 20 })
  expect([watch.blocks, watch.bytes]).toEqual([5, 50])
  expect(told.flatMap(({ providers }) => providers)).toEqual([{ peerId: 'a', outcome: 'failed' }])
})

it('ends with the caller, for its reason', () => {
  const given = new AbortController()
  using watch = new FetchWatch(LIMITS, { signal: given.signal })
  given.abort(new Error('enough'))
  expect(watch.signal.reason).toMatchObject({ message: 'enough' })
})
