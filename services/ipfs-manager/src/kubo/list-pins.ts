import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CID } from 'multiformats/cid'
import type { ListedPin } from '../pin-backend.ts'
import { ANSWERS, readAnswer } from './kubo-answers.ts'
import type { KuboRpc } from './kubo-rpc.ts'
import { splitLines } from './split-lines.ts'

const PAGE = 1_000
const LIST_MS = 10 * 60_000
const LIST_IDLE_MS = 60_000

/**
 * All recursive pins of a node with their names. They are spooled to a file as fast as they come, because a list that is read slowly holds up pins and
 * further lists (kubo#10596), and because what breaks off must not be taken for a list: no page is given before the last line came.
 * @throws KuboError; the signal's reason
 */
export async function* listPins(
  rpc: KuboRpc,
  signal: AbortSignal,
): AsyncGenerator<readonly ListedPin[], void, undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'hf-pins-'))
  const file = join(folder, 'pins')
  try {
    const options = { type: 'recursive', names: true, stream: true }
    const call = { options, timeoutMs: LIST_MS, idleMs: LIST_IDLE_MS, signal }
    await pipeline(Readable.from(rpc.bytes('pin/ls', call)), createWriteStream(file, { mode: 0o600 }))
    let page: ListedPin[] = []
    for await (const line of splitLines(createReadStream(file) as AsyncIterable<Uint8Array>)) {
      const { Cid, Name } = readAnswer(ANSWERS.listedPin, JSON.parse(line))
      page.push({ cid: CID.parse(Cid), label: Name || null })
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
