import { keyFile } from '@packages/runtime/master-keys/key-file'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { Client } from 'pg'
import { openDatabase } from '../open-database.ts'
import { rotateMasterKey } from './rotate-master-key.ts'

/**
 * Rotates the master key, and is killed at a step: `test-rotation-process.ts <database> <data folder> <step>`. Each statement
 * has three (before it is sent, when it is on its way, when it is answered), and each change of the file two. Ends by telling how many there are.
 */
const [url = '', dataDir = '', at = ''] = process.argv.slice(2)
let armed = false
let steps = 0
const step = (): void => {
  if (armed && ++steps === Number(at)) process.kill(process.pid, 'SIGKILL')
}

const query = Client.prototype.query
Client.prototype.query = function (this: Client, ...parts: unknown[]) {
  step()
  const sent: unknown = Reflect.apply(query, this, parts)
  step()
  if (sent instanceof Promise)
    return sent.then((answer: unknown) => {
      step()
      return answer
    })
  return sent
} as typeof query

const db = await openDatabase({ url, logger: silentLogger })
const file = keyFile(dataDir)
armed = true
const done = await rotateMasterKey({
  db,
  batchSize: 2,
  source: {
    ...file,
    write: async (keys) => {
      step()
      await file.write?.(keys)
      step()
    },
    keep: async (version, key) => {
      await file.keep?.(version, key)
      step()
    },
  },
})
armed = false
await db.close()
console.log(JSON.stringify({ ...done, steps }))
