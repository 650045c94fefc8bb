import type { BlockSource } from '@packages/content/block-source'
import { MissingBlockError } from '@packages/content/unixfs/dag-errors'
import type { CID } from 'multiformats/cid'
import { ContentGone, CorruptBlock } from './block-errors.ts'
import type { Content } from './content.ts'
import type { HeldContent, HeldFile, ServedTree } from './held-content.ts'

/** It is not here any more, or damaged: it may be read elsewhere. */
export const isAway = (error: unknown): boolean =>
  error instanceof ContentGone || error instanceof CorruptBlock || error instanceof MissingBlockError

/**
 * What is held here, read on from elsewhere when it goes or turns out to be damaged while it is sent. `openFar` looks that up once; undefined when it may not be read
 * there.
 */
export const heldOrFarTree = (held: HeldContent, openFar: () => Promise<ServedTree | undefined>): ServedTree => {
  const readingOn = (here: BlockSource): BlockSource => ({
    get: async (cid, options) => {
      let problem: unknown
      try {
        const bytes = await here.get(cid, options)
        if (bytes !== undefined) return bytes
      } catch (error) {
        if (!isAway(error)) throw error
        problem = error
      }
      const far = await openFar()
      if (far === undefined && problem !== undefined) throw problem
      return far?.source.get(cid, options)
    },
  })
  return {
    source: readingOn(held.source),
    sourceInto: (take) => readingOn(held.sourceInto(take)),
    directories: held.directories,
    holds: (cid) => held.holds(cid),
    block: (cid) => held.block(cid),
    fileOrDirectory: async (cid) => {
      const file = await held.fileOrDirectory(cid)
      if (file === 'directory') return file
      if (file.isIncomplete === true) throw new ContentGone(`a part of ${cid} is not here`)
      return file.content.body === undefined ? readOn(file, cid, openFar) : file
    },
  }
}

const readOn = (file: HeldFile, cid: CID, openFar: () => Promise<ServedTree | undefined>): HeldFile => {
  const { content } = file
  let elsewhere: Promise<Content | undefined> | undefined
  const open = async (): Promise<Content | undefined> => {
    const found = await (await openFar())?.fileOrDirectory(cid)
    return found === undefined || found === 'directory' ? undefined : found.content
  }
  const read: Content['read'] = async (position, target) => {
    if (elsewhere === undefined)
      try {
        await content.read(position, target)
        return
      } catch (error) {
        if (!isAway(error)) throw error
        elsewhere = open()
      }
    const far = await elsewhere
    if (far === undefined) throw new ContentGone(`a part of ${cid} is not held any more`)
    await far.read(position, target)
  }
  return {
    ...file,
    content: {
      size: content.size,
      body: undefined,
      boundary: (position, limit) => content.boundary(position, limit),
      read,
    },
  }
}
