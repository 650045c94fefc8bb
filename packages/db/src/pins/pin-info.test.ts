import { expect, test } from 'vitest'
import { type FetchTold, pinInfo } from './pin-info.ts'

const told = (more: Partial<FetchTold> = {}): FetchTold => ({
  state: 'running',
  phase: 'fetching',
  blocks: 3,
  bytes: 300,
  providers: [{ peerId: 'peer', outcome: 'sent' }],
  tries: 1,
  error: null,
  nextTryAt: null,
  ...more,
})

test('a pin that is pinned, or was given up, has what stands in its row alone', () => {
  expect(pinInfo({ status: 'pinned', info: {}, fetch: told() })).toEqual({})
  expect(pinInfo({ status: 'failed', info: { reason: 'A block is wrong.' } })).toEqual({ reason: 'A block is wrong.' })
})

test('what waits says why', () => {
  expect(pinInfo({ status: 'queued', info: {} })).toEqual({ reason: expect.stringContaining('waits for its turn') })
  expect(pinInfo({ status: 'queued', info: {}, fetch: told({ error: 'Nobody has it.' }) })).toEqual({
    reason: 'Nobody has it.',
  })
})

test('what is fetched says how far it is, why the last try failed and when the next one is', () => {
  expect(pinInfo({ status: 'pinning', info: {}, fetch: told() })).toEqual({
    phase: 'fetching',
    blocks: 3,
    bytes: 300,
    tries: 1,
    providers: [{ peerId: 'peer', outcome: 'sent' }],
  })
  const waiting = told({
    state: 'waiting',
    phase: null,
    error: 'Nothing more came.',
    nextTryAt: '2026-01-01T00:00:00+00:00',
  })
  expect(pinInfo({ status: 'pinning', info: {}, fetch: waiting })).toMatchObject({
    reason: 'Nothing more came.',
    phase: 'searching',
    nextTryAt: '2026-01-01T00:00:00.000Z',
  })
})

test('what is held and lacks copies is being copied', () => {
  expect(pinInfo({ status: 'pinning', info: {}, fetch: null })).toEqual({ phase: 'replicating' })
  expect(pinInfo({ status: 'degraded', info: { reason: 'A node is silent.' }, fetch: null })).toEqual({
    reason: 'A node is silent.',
  })
})
