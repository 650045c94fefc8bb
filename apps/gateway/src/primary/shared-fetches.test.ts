import { textBlock } from '@packages/content/block-store/test-dags'
import type { CID } from 'multiformats/cid'
import { array, assert, asyncProperty, constant, nat, oneof, record } from 'fast-check'
import { expect, it } from 'vitest'
import { NetworkPeer } from '../test-support/network-peer.ts'
import { type RootFetches, SharedFetches } from './shared-fetches.ts'

const BLOCKS = ['a', 'b', 'c'].map(textBlock)
const ROOTS = ['one', 'two'].map(textBlock)
const at = <T>(list: readonly T[], index: number): T => list[index] as T
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

type Wait = { block: number; giveUp: AbortController; ended: string | undefined }
type User = { root: number; fetches: RootFetches; waits: Wait[] }

const steps = array(
  oneof(
    record({ kind: constant('use' as const), root: nat(1) }),
    record({ kind: constant('get' as const), user: nat(20), block: nat(2) }),
    record({ kind: constant('give-up' as const), user: nat(20), wait: nat(20) }),
    record({ kind: constant('release' as const), user: nat(20) }),
    record({ kind: constant('arrive' as const), block: nat(2) }),
  ),
  { maxLength: 40 },
)

it('the network is asked once for what several wait for, as long as one of them does, and by one session a root', async () => {
  await assert(
    asyncProperty(steps, async (given) => {
      const peer = new NetworkPeer()
      const arriving = new Map<string, PromiseWithResolvers<Uint8Array>[]>()
      const wants = new Set<object>()
      const network = {
        open: async (root: CID) => {
          const session = await peer.open(root)
          if (session === null) return null
          return {
            close: session.close,
            get: (cid: { toString(): string }, signal: AbortSignal) => {
              const one = Promise.withResolvers<Uint8Array>()
              wants.add(one)
              arriving.set(cid.toString(), [...(arriving.get(cid.toString()) ?? []), one])
              signal.addEventListener('abort', () => one.reject(signal.reason), { once: true })
              return one.promise.finally(() => wants.delete(one))
            },
          }
        },
      }
      const tested = new SharedFetches(network)
      const users: User[] = []
      const waiting = () =>
        new Set(
          users.flatMap(({ root, waits }) =>
            waits.filter(({ ended }) => ended === undefined).map(({ block }) => `${root} ${block}`),
          ),
        )
      for (const step of given) {
        if (step.kind === 'use')
          users.push({ root: step.root, fetches: tested.use(at(ROOTS, step.root).cid), waits: [] })
        else if (step.kind === 'arrive') {
          const block = at(BLOCKS, step.block)
          for (const one of arriving.get(String(block.cid)) ?? []) one.resolve(block.bytes)
          arriving.delete(String(block.cid))
        } else {
          const user = users[step.user % Math.max(1, users.length)]
          if (user === undefined) continue
          if (step.kind === 'release') {
            for (const { giveUp } of user.waits) giveUp.abort(new Error('gave up'))
            user.fetches.release()
            users.splice(users.indexOf(user), 1)
          } else if (step.kind === 'get') {
            const wait: Wait = { block: step.block, giveUp: new AbortController(), ended: undefined }
            user.waits.push(wait)
            user.fetches.get(at(BLOCKS, step.block).cid, wait.giveUp.signal).then(
              (bytes) => {
                wait.ended = bytes === at(BLOCKS, step.block).bytes ? 'got it' : 'got something else'
              },
              (error: Error) => {
                wait.ended = error.message
              },
            )
          } else user.waits[step.wait % Math.max(1, user.waits.length)]?.giveUp.abort(new Error('gave up'))
        }
        await turn()
        expect(wants.size).toBe(waiting().size)
        expect(tested.wanted).toBe(waiting().size)
        expect(peer.sessions).toBe(new Set(users.map(({ root }) => root)).size)
        for (const { waits } of users)
          for (const { ended, giveUp } of waits)
            expect(ended === undefined || ended === 'got it' || giveUp.signal.aborted).toBe(true)
      }
      for (const { fetches, waits } of users) {
        for (const { giveUp } of waits) giveUp.abort(new Error('gave up'))
        fetches.release()
        fetches.release()
      }
      await turn()
      expect([wants.size, peer.sessions, tested.wanted]).toEqual([0, 0, 0])
    }),
    { numRuns: 300 },
  )
})
