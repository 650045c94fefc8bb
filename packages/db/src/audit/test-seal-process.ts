import { MasterKey } from '@packages/runtime/master-key'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { openDatabase } from '../open-database.ts'
import { AuditSealer } from './audit-sealer.ts'
import { auditSigningKey, SignedHeads } from './signed-heads.ts'

/** Seals without a pause until it is killed: `test-seal-process.ts <database> <heads>`. */
const [url = '', path = ''] = process.argv.slice(2)
const key = auditSigningKey(new MasterKey(Buffer.from(process.env.HOLDFAST_TEST_KEY ?? '', 'hex')))
const db = await openDatabase({ url, logger: silentLogger })
const sealer = new AuditSealer({ kysely: db.kysely, heads: await SignedHeads.open(path, key) })
console.log('ready')
for (;;) await sealer.seal()
