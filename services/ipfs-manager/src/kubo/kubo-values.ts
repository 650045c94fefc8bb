import { newestRecord } from '@packages/content/ipns/newest-record'
import type { FindOptions, IpnsRouting } from '../names/ipns-routing.ts'
import { nameOfRoutingKey } from '../network/ipns-values.ts'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import type { KuboClient } from './kubo-client.ts'
import { KuboError } from './kubo-error.ts'

/** A node walks to the peers that are closest, and tells each. */
const PUT_MS = 50_000
const PEERS_MS = 5_000
/** Below the time that a gateway gives a walk. */
const FIND_MS = 8_000
/** A node that has an old record in its own cache is corrected by another's. */
const ASKED = 2

/** Records of IPNS names in the DHT, by public nodes of Kubo, which speak to it for us. */
export class KuboValues implements IpnsRouting {
  readonly #nodes: readonly Pick<KuboClient, 'rpc'>[]

  constructor(nodes: readonly Pick<KuboClient, 'rpc'>[]) {
    this.#nodes = nodes
  }

  get isAlone(): boolean {
    return this.#nodes.length === 0
  }

  /**
   * By the first node that does it: it tells the same peers as any other would. A node says that all went well also of what it refused, and where nobody was there
   * to be told (0.43): the value is looked at here, and a node without peers is passed by.
   */
  async putValue(key: Uint8Array, value: Uint8Array, signal: AbortSignal): Promise<number> {
    if (newestRecord(nameOfRoutingKey(key), [value], Date.now()) === undefined) return 0
    for (const { rpc } of this.#nodes) {
      const call = { args: [pathOf(key)], files: [only(value)], timeoutMs: PUT_MS, signal }
      try {
        if (!(await hasPeers(rpc, signal))) continue
        // Each peer that is told is a line; what they say is of no use here.
        for await (const _ of rpc.lines('routing/put', call));
        return 1
      } catch {
        if (signal.aborted) return 0
      }
    }
    return 0
  }

  /** By two at once. One that cannot say, as it is away or has no peers, is passed by for the next. */
  async findValues(
    key: Uint8Array,
    signal: AbortSignal,
    { graceMs }: FindOptions = {},
  ): Promise<readonly Uint8Array[] | null> {
    if (this.isAlone) return null
    const left = this.#nodes.values()
    const over = new AbortController()
    const within = AbortSignal.any([signal, over.signal])
    let grace: NodeJS.Timeout | undefined
    const ask = async (): Promise<Uint8Array | null> => {
      const value = await firstAnswer(left, key, within)
      if (value !== null && graceMs !== undefined) grace ??= setTimeout(() => over.abort(), graceMs)
      return value
    }
    const answers = await Promise.allSettled(Array.from({ length: Math.min(ASKED, this.#nodes.length) }, ask))
    clearTimeout(grace)
    const failed = answers.find((answer) => answer.status === 'rejected')
    if (failed !== undefined && answers.every(({ status }) => status === 'rejected')) throw failed.reason
    return answers.flatMap((answer) => (answer.status === 'fulfilled' && answer.value !== null ? [answer.value] : []))
  }
}

const pathOf = (key: Uint8Array): string => `/ipns/${nameOfRoutingKey(key)}`

async function* only(value: Uint8Array): AsyncGenerator<Uint8Array> {
  yield value
}

const hasPeers = async (rpc: KuboClient['rpc'], signal: AbortSignal): Promise<boolean> => {
  const { Peers } = readAnswer(ANSWERS.swarmPeers, await rpc.json('swarm/peers', { timeoutMs: PEERS_MS, signal }))
  return (Peers ?? []).length > 0
}

/** Null when nobody has one. A node that has nobody to ask, such as one that has just started, says so as well (0.43), and is none that can say. */
const valueOf = async (rpc: KuboClient['rpc'], key: Uint8Array, signal: AbortSignal): Promise<Uint8Array | null> => {
  try {
    const answer = await rpc.json('routing/get', { args: [pathOf(key)], timeoutMs: FIND_MS, signal })
    return Buffer.from(readAnswer(ANSWERS.routingValue, answer).Extra, 'base64')
  } catch (error) {
    if (!(error instanceof KuboError && error.kind === 'failed' && /not found/.test(error.message))) throw error
    if (await hasPeers(rpc, signal)) return null
    throw new KuboError('failed', 'it has no peers that it could ask')
  }
}

/** Of the first of these nodes that can say. @param left taken from by others too */
const firstAnswer = async (
  left: Iterator<Pick<KuboClient, 'rpc'>>,
  key: Uint8Array,
  signal: AbortSignal,
): Promise<Uint8Array | null> => {
  let reason: unknown
  for (let next = left.next(); next.done !== true; next = left.next())
    try {
      return await valueOf(next.value.rpc, key, signal)
    } catch (error) {
      signal.throwIfAborted()
      reason = error
    }
  throw reason
}
