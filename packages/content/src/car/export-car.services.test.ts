import { execFile } from 'node:child_process'
import { randomUUIDv7 } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { CID } from 'multiformats/cid'
import { expect, it } from 'vitest'
import { BlockStore } from '../block-store/block-store.ts'
import { exportCar } from './export-car.ts'
import { importCar } from './import-car.ts'
import { inPieces } from './test-cars.ts'

const run = promisify(execFile)

it('takes what Kubo exports, and Kubo takes it back and pins it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'hf-car-kubo-'))
  const store = await BlockStore.open({ directory: join(directory, 'store'), noIndexSync: true })
  const kubo = async (repository: string, ...words: string[]): Promise<string> => {
    const env = { PATH: process.env.PATH, HOME: directory, IPFS_PATH: join(directory, repository) }
    return (await run('ipfs', ['--offline', ...words], { env, encoding: 'latin1', maxBuffer: 2 ** 26 })).stdout
  }
  try {
    await kubo('one', 'init')
    await kubo('two', 'init')
    const file = join(directory, 'bytes')
    await writeFile(file, Buffer.alloc(1_000_000, 'some bytes of a file, repeated'))
    for (const version of ['0', '1']) {
      const root = (await kubo('one', 'add', '-Q', '-w', '--cid-version', version, file)).trim()
      const theirs = Buffer.from(await kubo('one', 'dag', 'export', '--progress=false', root), 'latin1')
      const taken = await importCar(inPieces(theirs), {
        store,
        newContentId: () => randomUUIDv7(),
        incomplete: 'refuse',
      })
      expect(taken).toMatchObject({ state: 'whole', roots: [{ cid: CID.parse(root) }] })
      const ours = Buffer.concat(await Array.fromAsync(exportCar(store.reader('public'), CID.parse(root))))
      expect(ours.equals(theirs)).toBe(true)
      const car = join(directory, 'ours.car')
      await writeFile(car, ours)
      expect(await kubo('two', 'dag', 'import', car)).toContain(`Pinned root\t${root}\tsuccess`)
      const back = join(directory, 'back')
      await kubo('two', 'get', '-o', back, `${root}/bytes`)
      expect((await readFile(back)).equals(await readFile(file))).toBe(true)
      await rm(back)
    }
  } finally {
    await store.close()
    await rm(directory, { recursive: true, force: true })
  }
})
