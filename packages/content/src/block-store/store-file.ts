import { randomUUID } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { isUuid } from '@packages/shared/ids'
import { syncFolder } from './segment-path.ts'
import { isMissingFile } from './store-error.ts'

/** What `store.json` holds: who the store is, and how far it has come (see "What must always hold", rule 9). */
export type StoreIdentity = { id: string; epoch: number }

const FILE = 'store.json'

const isIdentity = (value: unknown): value is StoreIdentity =>
  typeof value === 'object' &&
  value !== null &&
  'id' in value &&
  typeof value.id === 'string' &&
  isUuid(value.id) &&
  'epoch' in value &&
  Number.isSafeInteger(value.epoch)

/** Durable when this resolves: written aside, synced, renamed. */
export const writeIdentity = async (directory: string, identity: StoreIdentity): Promise<void> => {
  const path = join(directory, FILE)
  const handle = await open(`${path}.new`, 'w')
  try {
    await handle.writeFile(`${JSON.stringify(identity)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(directory)
}

/** @throws Error when the file is there and is not what we write: somebody must look at it. */
export const readIdentity = async (directory: string): Promise<StoreIdentity | undefined> => {
  try {
    const value: unknown = JSON.parse(await readFile(join(directory, FILE), 'utf8'))
    if (!isIdentity(value)) throw new Error(`${FILE} of the block store is not valid`)
    return value
  } catch (error) {
    if (isMissingFile(error)) return undefined
    throw error
  }
}

/** The identity of the store in this folder; a new one gets an id and epoch 0. */
export const ensureIdentity = async (directory: string): Promise<StoreIdentity> => {
  const known = await readIdentity(directory)
  if (known !== undefined) return known
  const identity = { id: randomUUID(), epoch: 0 }
  await writeIdentity(directory, identity)
  return identity
}
