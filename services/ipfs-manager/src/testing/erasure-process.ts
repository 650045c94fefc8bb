import { setTimeout as sleep } from 'node:timers/promises'
import { BlockStore } from '@packages/content/block-store/block-store'
import { openDatabase } from '@packages/db/open-database'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { ensureEmbeddedNode } from '../embedded-node.ts'
import { ReleaseWorker } from '../release-worker.ts'
import { ErasureWorker } from '../erasure/erasure-worker.ts'

/** Works erasures off until it is killed, or there are none left: `erasure-process.ts <database> <store>`. */
const [url = '', directory = ''] = process.argv.slice(2)
const db = await openDatabase({ url, logger: silentLogger })
const store = await BlockStore.open({ directory, segmentBytes: 20_000, spillBytes: 2_000, reserveBytes: 0 })
const nodeId = await ensureEmbeddedNode(db)
const gate = { isOpen: () => true }
const releases = new ReleaseWorker({ db, store, gate, nodeId, logger: silentLogger })
const worker = new ErasureWorker({
  db,
  store,
  releases,
  logger: { ...silentLogger, error: (fields: object) => console.error(fields) },
  openMail: () => null,
  removeStaged: async () => {},
  bytesPerSecond: 1e9,
})
console.log('ready')
for (;;) {
  await worker.run()
  const open = await db.kysely.selectFrom('erasures').where('finished_at', 'is', null).select('id').execute()
  if (open.length === 0) break
  await sleep(20)
}
await store.close()
await db.close()
console.log('done')
process.exit(0)
