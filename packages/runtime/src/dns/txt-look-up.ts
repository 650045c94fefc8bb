import { randomInt } from 'node:crypto'
import { Packet } from 'dns2'
import type { NameServer } from '../config/gateway-schemas.ts'
import { askByTcp, askByUdp } from './dns-exchange.ts'

/** TXT records of a name, each joined from its strings, and the least seconds that they may be kept. */
export type TxtAnswer = { texts: readonly string[]; ttl: number }

/** @returns null when there is no such name or record; @throws when no server has told */
export type LookUpTxt = (name: string) => Promise<TxtAnswer | null>

const { TXT } = Packet.TYPE
const MAX_TEXTS = 100
const DEFAULT_TIMEOUT_MS = 2_000

const sameName = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase()

const questionFor = (name: string): { id: number; bytes: Buffer } => {
  const packet = new Packet()
  const id = randomInt(65_536)
  packet.header.id = id
  packet.header.rd = 1
  packet.questions.push(new Packet.Question(name, TXT, Packet.CLASS.IN))
  return { id, bytes: packet.toBuffer() }
}

const readMessage = (message: Buffer): InstanceType<typeof Packet> | undefined => {
  try {
    return Packet.parse(message)
  } catch {
    return undefined
  }
}

const answerOf = (packet: InstanceType<typeof Packet>): TxtAnswer | null => {
  const { rcode } = packet.header
  if (rcode === Packet.RCODE.NXDOMAIN) return null
  if (rcode !== Packet.RCODE.NOERROR) throw new Error(`the name server answered with code ${rcode}`)
  const records = packet.answers.filter(({ type }) => type === TXT).slice(0, MAX_TEXTS)
  // What cannot be read is no word that there is nothing: what is served by a record would end by it.
  const unread = packet.errors.find(
    ({ section, recovered }) => section === 'answers' && (!recovered || records.length === 0),
  )
  if (unread !== undefined) throw new Error('the answer cannot be read', { cause: unread })
  if (records.length === 0) return null
  const texts = records.map(({ data }) => (Array.isArray(data) ? data.join('') : String(data)))
  return { texts, ttl: Math.min(...records.map(({ ttl }) => ttl ?? 0)) }
}

/**
 * Asks name servers for TXT records, one after another: each by UDP, and by TCP when the answer was cut. node's own resolver does
 * not tell how long a TXT record may be kept, which the gateway passes on.
 */
export const createTxtLookUp = (servers: readonly NameServer[], timeoutMs = DEFAULT_TIMEOUT_MS): LookUpTxt => {
  const ask = async (server: NameServer, name: string): Promise<TxtAnswer | null> => {
    const { id, bytes } = questionFor(name)
    const isAnswer = (message: Buffer): boolean => {
      const packet = readMessage(message)
      const [asked] = packet?.questions ?? []
      return packet?.header.id === id && packet.header.qr === 1 && asked?.type === TXT && sameName(asked.name, name)
    }
    const signal = AbortSignal.timeout(timeoutMs)
    const first = await askByUdp(server, bytes, { isAnswer, signal })
    const isCut = readMessage(first)?.header.tc === 1
    const message = isCut ? await askByTcp(server, bytes, { isAnswer, signal }) : first
    const packet = readMessage(message)
    if (packet === undefined) throw new Error('the answer cannot be read')
    return answerOf(packet)
  }
  return async (name) => {
    let problem: unknown = new Error('there is no name server to ask')
    for (const server of servers)
      try {
        return await ask(server, name)
      } catch (error) {
        problem = error
      }
    throw problem
  }
}
