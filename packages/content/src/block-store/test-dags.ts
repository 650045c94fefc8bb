import { hash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as dagPb from '@ipld/dag-pb'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import type { BlockStore, VerifyEvent, VerifyProblem } from './block-store.ts'

/** Blocks and folders for the tests of this package. */
export type TestBlock = { cid: CID; bytes: Uint8Array }
/** Children before their parents; the last one is the root. */
export type TestDag = { root: CID; blocks: TestBlock[] }

const cidOf = (codec: number, bytes: Uint8Array): CID =>
  CID.createV1(codec, Digest.create(0x12, new Uint8Array(hash('sha256', bytes, 'buffer'))))

export const rawBlock = (bytes: Uint8Array): TestBlock => ({ cid: cidOf(0x55, bytes), bytes })

export const textBlock = (text: string): TestBlock => rawBlock(new TextEncoder().encode(text))

export const nodeBlock = (links: readonly CID[], data = ''): TestBlock => {
  const named = links.map((cid, i) => ({ Hash: cid, Name: String(i).padStart(6, '0'), Tsize: 1 }))
  const bytes = dagPb.encode({ Data: new TextEncoder().encode(data), Links: named })
  return { cid: cidOf(0x70, bytes), bytes }
}

/** A node over the DAGs. */
export const joinDags = (dags: readonly TestDag[], data = ''): TestDag => {
  const root = nodeBlock(
    dags.map((dag) => dag.root),
    data,
  )
  return { root: root.cid, blocks: [...dags.flatMap((dag) => dag.blocks), root] }
}

export const leafDag = (text: string): TestDag => {
  const block = textBlock(text)
  return { root: block.cid, blocks: [block] }
}

/** A balanced tree of `leaves` leaves. */
export const treeDag = (name: string, leaves: number, width = 8): TestDag => {
  let level: TestDag[] = Array.from({ length: leaves }, (_, i) => leafDag(`${name}/${i}`))
  while (level.length > 1) {
    const above: TestDag[] = []
    for (let at = 0; at < level.length; at += width) above.push(joinDags(level.slice(at, at + width)))
    level = above
  }
  return level[0] ?? leafDag(name)
}

export const putDag = async (
  store: BlockStore,
  contentId: string,
  dag: TestDag,
  realm = 'public',
): Promise<{ dagSize: number; blocks: number }> => {
  const upload = store.beginUpload({ realm, contentId })
  for (const { cid, bytes } of dag.blocks) await upload.put(cid, bytes)
  return upload.commit(dag.root)
}

/** True when the whole DAG reads back, false when its root is not held; anything between throws. */
export const readsBack = async (store: BlockStore, dag: TestDag, realm = 'public'): Promise<boolean> => {
  const reader = store.reader(realm)
  if ((await reader.get(dag.root)) === undefined) return false
  for (const { cid, bytes } of dag.blocks) {
    const got = await reader.get(cid)
    if (got === undefined) throw new Error(`${cid} is missing below a root that is held`)
    if (Buffer.compare(got, bytes) !== 0) throw new Error(`${cid} reads back wrong`)
  }
  return true
}

export const problemsOf = async (store: BlockStore): Promise<VerifyProblem[]> => {
  const problems: VerifyProblem[] = []
  for await (const event of store.verify() as AsyncIterable<VerifyEvent>)
    if (event.type === 'problem') problems.push(event.problem)
  return problems
}

// Memory where there is some: these tests are about order and content, and a busy disk makes them slow.
const BASE = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Folders that go when the test ends: `await using folders = testFolders()`. */
export const testFolders = () => {
  const made: string[] = []
  const make = async (): Promise<string> => {
    const path = await mkdtemp(join(BASE, 'holdfast-store-'))
    made.push(path)
    return path
  }
  return {
    make,
    /** What a crash leaves: the files as they are now. */
    copy: async (from: string): Promise<string> => {
      const to = await make()
      await cp(from, to, { recursive: true })
      return to
    },
    [Symbol.asyncDispose]: async (): Promise<void> => {
      for (const path of made) await rm(path, { recursive: true, force: true })
    },
  }
}
