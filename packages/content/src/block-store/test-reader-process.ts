import { CID } from 'multiformats/cid'
import { StoreReader } from './store-reader.ts'

/** A process that only reads, for store-reader.test.ts: answers each {cid, realm} with the block's text or null. */
const directory = process.argv[2] ?? ''
const readers = new Map<string, StoreReader>()

const answer = async (question: { cid: string; realm: string }): Promise<void> => {
  let reader = readers.get(question.realm)
  if (reader === undefined) {
    reader = await StoreReader.open({ directory, realm: question.realm })
    readers.set(question.realm, reader)
  }
  const bytes = await reader.get(CID.parse(question.cid))
  process.send?.(bytes === undefined ? null : Buffer.from(bytes).toString())
}

process.on('message', (question: { cid: string; realm: string }) => void answer(question))
process.send?.('ready')
