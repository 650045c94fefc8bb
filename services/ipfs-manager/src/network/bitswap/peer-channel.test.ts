import { setImmediate as nextTurn } from 'node:timers/promises'
import { CID } from 'multiformats/cid'
import { sha256 } from 'multiformats/hashes/sha2'
import { describe, expect, it } from 'vitest'
import { decodeMessage, type WantEntry } from './message.ts'
import { MAX_WANTS, PeerChannel } from './peer-channel.ts'

const MEBIBYTE = 1024 * 1024
const cids = await Promise.all(
  Array.from({ length: 2 * MAX_WANTS }, async (_, n) => CID.createV1(0x55, await sha256.digest(Buffer.from(`${n}`)))),
)

const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 20; turns++) await nextTurn()
}

/** A peer that takes a message whenever the test lets it; all blocks of it have `size` bytes, those of `absent` are not served. */
const startChannel = ({ size = MEBIBYTE, absent = new Set<CID>() } = {}) => {
  const [messages, taking]: [Uint8Array[], (() => void)[]] = [[], []]
  const reads = { count: 0 }
  const block = new Uint8Array(size)
  const channel = new PeerChannel({
    blocks: {
      sizeOf: (cid) => (absent.has(cid) ? undefined : size),
      get: async () => {
        reads.count++
        return block
      },
    },
    send: (message) => {
      messages.push(message)
      return new Promise((resolve) => taking.push(resolve))
    },
    turn: async () => () => {},
    onSent: () => {},
  })
  const take = async () => {
    taking.shift()?.()
    await settle()
  }
  const read = (index: number) => {
    const message = messages[index] ?? new Uint8Array(1)
    // The length before it, as a varint.
    return decodeMessage(message.subarray(message.findIndex((byte) => byte < 0x80) + 1), 10_000)
  }
  return { channel, messages, reads, take, read }
}

const asks = (wanted: readonly CID[], kind: WantEntry['kind'] = 'block'): WantEntry[] =>
  wanted.map((cid) => ({ cid, kind, sendDontHave: true }))

describe('a peer', () => {
  it('that asks for a gibibyte and reads nothing costs one message', async () => {
    const { channel, messages, reads } = startChannel()
    for (let times = 0; times < 4; times++) channel.asked(asks(cids), false)
    await settle()
    expect([reads.count, messages.length]).toEqual([1, 1])
    expect(messages[0]?.length).toBeLessThan(MEBIBYTE + 1_000)
  })

  it('gets what it asked for as fast as it reads, up to a limit at a time', async () => {
    const { channel, messages, reads, take } = startChannel({ size: 1_000 })
    channel.asked(asks(cids), false)
    await settle()
    for (let taken = 0; taken < messages.length; taken++) await take()
    expect(reads.count).toBe(MAX_WANTS)
  })

  it('is told what is not here, and what is, without its being read', async () => {
    const [first, second] = cids as [CID, CID]
    const { channel, reads, read } = startChannel({ absent: new Set([second]) })
    channel.asked([...asks([first], 'have'), ...asks([second])], false)
    await settle()
    expect(read(0).presences.map(({ isHeld }) => isHeld)).toEqual([true, false])
    expect([read(0).blocks.length, reads.count]).toEqual([0, 0])
  })

  it('is not sent what it has taken back', async () => {
    const { channel, reads, take } = startChannel({ size: 600_000 })
    channel.asked(asks(cids.slice(0, 10)), false)
    await settle()
    channel.asked(asks(cids.slice(1, 9), 'cancel'), false)
    await take()
    await take()
    expect(reads.count).toBe(2)
    channel.asked(asks(cids.slice(20, 30)), false)
    channel.asked([], true)
    await take()
    expect(reads.count).toBeLessThanOrEqual(3)
  })
})
