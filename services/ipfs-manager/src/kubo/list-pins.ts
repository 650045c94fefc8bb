import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CID } from 'multiformats/cid'
import type { ListedPin } from '../pin-backend.ts'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import { KuboError } from './kubo-error.ts'
import type { KuboRpc } from './kubo-rpc.ts'
import { splitLines } from './split-lines.ts'

const PAGE = 1_000
const LIST_MS = 10 * 60_000
const LIST_IDLE_MS = 60_000
/** Some ten million pins. A node that goes on after it would have the disk to itself. */
const MAX_LIST_BYTES = 2 ** 31

async function* upTo(maxBytes: number, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let length = 0
  for await (const piece of pieces) {
    length += piece.length
    if (length > maxBytes) throw new KuboError('strange', 'the list of pins is too long')
    yield piece
  }
}

const readPin = (line: string): ListedPin => {
  try {
    const { Cid, Name } = readAnswer(ANSWERS.listedPin, JSON.parse(line))
    return { cid: CID.parse(Cid), label: Name || null }
  } catch (error) {
    throw error instanceof KuboError ? error : new KuboError('strange', 'a line is no pin', { cause: error })
  }
}

/**
 * All recursive pins of a node with their names. They are spooled to a file as fast as they come, because a list that is read slowly holds up pins and
 * further lists (kubo#10596), and because what breaks off must not be taken for a list: no page is given before the last line came.
 * @throws KuboError; the signal's reason
 */
export async function* listPins(
  rpc: KuboRpc,
  signal: AbortSignal,
  maxBytes = MAX_LIST_BYTES,
): AsyncGenerator<readonly ListedPin[], void, undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-pins-'))
  const file = join(folder, 'pins')
  try {
    const options = { type: 'recursive', names: true, stream: true }
    const call = { options, timeoutMs: LIST_MS, idleMs: LIST_IDLE_MS, signal }
    await pipeline(Readable.from(upTo(maxBytes, rpc.bytes('pin/ls', call))), createWriteStream(file, { mode: 0o600 }))
    let page: ListedPin[] = []
    for await (const line of splitLines(createReadStream(file) as AsyncIterable<Uint8Array>)) {
      page.push(readPin(line))
      if (page.length < PAGE) continue
      yield page
      signal.throwIfAborted()
      page = []
    }
    if (page.length > 0) yield page
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
