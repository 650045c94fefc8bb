import { execFileSync, spawnSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BlockStore } from './block-store.ts'
import { leafDag, problemsOf, putDag, readsBack, testFolders, treeDag } from './test-dags.ts'

const noSpace = (): Error => Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })

test('an upload that meets a full disk fails, the others and the store do not', async () => {
  await using folders = testFolders()
  const directory = await folders.make()
  let full = false
  const options = {
    directory,
    spillBytes: 500,
    faults: {
      beforeWrite: () => {
        if (full) throw noSpace()
      },
    },
  }
  const store = await BlockStore.open(options)
  await putDag(store, 'before', leafDag('before'))
  for (const [name, dag] of [
    ['small', leafDag('small')],
    ['large', treeDag('large', 60)],
  ] as const) {
    full = true
    await expect(putDag(store, name, dag)).rejects.toMatchObject({ code: 'insufficient_storage' })
    expect(store.hasRoot(name)).toBe(false)
    expect(await readsBack(store, dag)).toBe(false)
    full = false
    await putDag(store, name, dag)
    expect(await readsBack(store, dag)).toBe(true)
  }
  expect(await readsBack(store, leafDag('before'))).toBe(true)
  expect(await readdir(join(directory, 'segments'))).toHaveLength(2)
  expect(await problemsOf(store)).toEqual([])
  await store.close()
  const again = await BlockStore.open(options)
  expect(again.recovery).toMatchObject({ recovered: 0, cutBytes: 0, dropped: [] })
  await again.close()
})

test('an error that is not about space makes the segment be left', async () => {
  await using folders = testFolders()
  let broken = false
  const store = await BlockStore.open({
    directory: await folders.make(),
    faults: {
      beforeWrite: () => {
        if (broken) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
      },
    },
  })
  await putDag(store, 'a', leafDag('a'))
  broken = true
  await expect(putDag(store, 'b', leafDag('b'))).rejects.toMatchObject({ code: 'EIO' })
  broken = false
  await putDag(store, 'c', leafDag('c'))
  expect(await readsBack(store, leafDag('a'))).toBe(true)
  expect((await store.stats()).segments).toBe(2)
  expect(await problemsOf(store)).toEqual([])
  await store.close()
})

// A real one: a small file system in memory. Where mounting is not allowed the test above stands alone.
const canMount = spawnSync('unshare', ['-rm', 'true']).status === 0

test.runIf(canMount)('on a file system of 4 MiB the store fills up, refuses, and takes again what was freed', () => {
  const script = `
    import { BlockStore } from ${JSON.stringify(join(import.meta.dirname, 'block-store.ts'))}
    import { putDag, rawBlock, readsBack, problemsOf } from ${JSON.stringify(join(import.meta.dirname, 'test-dags.ts'))}
    const dagOf = (i, size) => { const block = rawBlock(Buffer.alloc(size, 'x' + i)); return { root: block.cid, blocks: [block] } }
    const store = await BlockStore.open({ directory: '/mnt/store', spillBytes: 100_000, segmentBytes: 300_000, reserveBytes: 400_000 })
    const held = []
    const refused = []
    for (let i = 0; i < 300; i++) {
      const dag = dagOf(i, i % 10 === 0 ? 200_000 : 9_000)
      try { await putDag(store, 'c' + i, dag); held.push([i, dag]) } catch (error) { refused.push(error.code) }
    }
    let lost = 0
    for (const [, dag] of held) if (!(await readsBack(store, dag))) lost++
    for (const [i] of held.slice(0, held.length / 2)) await store.release('c' + i).catch(() => refused.push('release'))
    await store.idle()
    await putDag(store, 'wakes', dagOf(999, 9_000)).catch(() => undefined)
    await store.idle()
    let again = 0
    for (let i = 1000; i < 1010; i++) await putDag(store, 'c' + i, dagOf(i, 9_000)).then(() => again++, () => undefined)
    const problems = await problemsOf(store)
    await store.close()
    const reopened = await BlockStore.open({ directory: '/mnt/store' })
    const recovery = reopened.recovery
    await reopened.close()
    console.log(JSON.stringify({ held: held.length, codes: [...new Set(refused)], lost, again, problems, dropped: recovery.dropped }))
  `
  const out = execFileSync(
    'unshare',
    [
      '-rm',
      'sh',
      '-c',
      `mount -t tmpfs -o size=4m tmpfs /mnt && exec ${process.execPath} --input-type=module -e "$SCRIPT"`,
    ],
    { env: { ...process.env, SCRIPT: script }, encoding: 'utf8', cwd: import.meta.dirname },
  )
  const result = JSON.parse(out)
  expect(result).toMatchObject({ codes: ['insufficient_storage'], lost: 0, again: 10, problems: [], dropped: [] })
  expect(result.held).toBeGreaterThan(10)
})
