import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { blockFile } from '@packages/testkit/kubo-blocks'
import type { Random } from '../random.ts'
import { commandRedis } from './command-redis.ts'
import { askNode, pinsOn, type PoolNode } from './node-pool.ts'
import type { PinWorld } from './pin-world.ts'
import { readTold } from './truth.ts'

/** What happens to a platform, and how it is put right. Nodes are its own while it lasts: two disasters do not meet on one. */
type Disaster = {
  name: string
  nodes: number
  strike(world: PinWorld, nodes: readonly PoolNode[], random: Random): Promise<void>
  end(world: PinWorld, nodes: readonly PoolNode[]): Promise<void>
}

const DAY = 24 * 3_600
const SLOW_BYTES_PER_SECOND = 1_024
/** Pins that are taken away, or blocks that are spoiled, at once. */
const SOME = 3

const onEach = async (nodes: readonly PoolNode[], act: (node: PoolNode) => unknown): Promise<void> =>
  void (await Promise.all(nodes.map(act)))
const start = ({ kubo }: PoolNode): Promise<void> => kubo.start()
const nothing = async (): Promise<void> => {}

export const DISASTERS: readonly Disaster[] = [
  {
    name: 'a node is killed',
    nodes: 1,
    strike: (_, nodes) => onEach(nodes, ({ kubo }) => kubo.kill()),
    end: (_, nodes) => onEach(nodes, start),
  },
  {
    name: 'two nodes are killed',
    nodes: 2,
    strike: (_, nodes) => onEach(nodes, ({ kubo }) => kubo.kill()),
    end: (_, nodes) => onEach(nodes, start),
  },
  {
    name: 'a node stands still',
    nodes: 1,
    strike: (_, nodes) => onEach(nodes, ({ kubo }) => kubo.pause()),
    end: (_, nodes) => onEach(nodes, ({ kubo }) => kubo.resume()),
  },
  {
    name: 'a node has a line of 1 KB/s',
    nodes: 1,
    strike: (_, nodes) => onEach(nodes, ({ line }) => line.limit(SLOW_BYTES_PER_SECOND)),
    end: (_, nodes) => onEach(nodes, ({ line }) => line.limit(null)),
  },
  {
    name: 'the disk of a node is full',
    nodes: 1,
    strike: (_, nodes) => onEach(nodes, ({ disk }) => disk.fillUpTo(0)),
    end: (_, nodes) =>
      onEach(nodes, async ({ disk, kubo }) => {
        await disk.makeRoom()
        // What it could not write may have stopped its database for good: an operator starts it again.
        await kubo.kill()
        await kubo.start()
      }),
  },
  {
    name: 'a node forgets pins',
    nodes: 1,
    strike: (_, nodes, random) => onEach(nodes, (node) => forget(node, random)),
    end: nothing,
  },
  {
    name: 'a node spoils blocks',
    nodes: 1,
    strike: (world, nodes, random) => onEach(nodes, (node) => spoilSome(world, node, random)),
    end: nothing,
  },
  {
    name: 'the database is restarted',
    nodes: 0,
    strike: ({ database }, _, random) => (random.chance(0.5) ? database.stop() : database.kill()),
    end: ({ database }) => database.restart(),
  },
  {
    name: 'Redis is emptied and killed',
    nodes: 0,
    async strike({ redis }) {
      await commandRedis(redis.url, 'FLUSHALL')
      await redis.kill()
    },
    end: ({ redis }) => redis.start(),
  },
  {
    name: 'the clock is a day off',
    nodes: 0,
    strike: ({ clock }, _, random) => clock.set(random.chance(0.5) ? DAY : -DAY),
    end: ({ clock }) => clock.set(0),
  },
]

const forget = async (node: PoolNode, random: Random): Promise<void> => {
  const cids = [...((await pinsOn(node)) ?? [])].sort()
  for (let left = SOME; left > 0; left--) {
    const cid = random.pick(cids)
    if (cid !== undefined) await askNode(node.kubo, `pin/rm?arg=${cid}`).catch(() => undefined)
  }
}

/** Roots that somebody else has too: else nothing could bring them back. */
const spoilSome = async ({ database }: PinWorld, { name, kubo }: PoolNode, random: Random): Promise<void> => {
  const told = await readTold(database).catch(() => [])
  const shared = told.filter(({ nodes, own }) => nodes.includes(name) && (own || nodes.length > 1))
  for (let left = SOME; left > 0; left--) {
    const content = random.pick(shared)
    if (content !== undefined) await spoil(blockFile(kubo.repository, content.cid))
  }
}

/** Turns a bit in the middle of a file, if it is there. */
const spoil = async (path: string): Promise<void> => {
  const file = await open(path, 'r+').catch(() => undefined)
  if (file === undefined) return
  try {
    const { size } = await file.stat()
    const byte = Buffer.alloc(1)
    const at = Math.floor(size / 2)
    if ((await file.read(byte, 0, 1, at)).bytesRead === 0) return
    byte[0] = (byte[0] ?? 0) ^ 1
    await file.write(byte, 0, 1, at)
  } finally {
    await file.close()
  }
}

/** Deals all disasters in one order after the other, so that a few cycles see each of them. */
export class Deck {
  readonly #random: Random
  #cards: Disaster[] = []

  constructor(random: Random) {
    this.#random = random
  }

  /** @returns different ones */
  deal(count: number): Disaster[] {
    if (this.#cards.length < count) this.#cards = [...DISASTERS]
    return Array.from({ length: count }, () =>
      this.#cards.splice(this.#random.between(0, this.#cards.length - 1), 1),
    ).flat()
  }
}

/** One disaster from its beginning to its end. @param mayLast now and then so long that silence is noticed */
export const pass = async (
  disaster: Disaster,
  world: PinWorld,
  { random, mayLast }: { random: Random; mayLast: boolean },
): Promise<void> => {
  await sleep(random.between(0, 800))
  const nodes = world.pool.take(random, disaster.nodes)
  try {
    await disaster.strike(world, nodes, random)
    const lasts = mayLast && random.chance(0.1)
    await sleep(lasts ? random.between(5_000, 25_000) : random.between(200, 2_500))
    await disaster.end(world, nodes)
  } finally {
    world.pool.giveBack(nodes)
  }
}
