import { rawCid } from '@packages/content/unixfs/block-cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { expect, it } from 'vitest'
import { denyingSource } from './denying-source.ts'

const BLOCK = Buffer.from('a block')
const CID = rawCid(BLOCK)
const ROOT = rawCid(Buffer.from('a root'))

it.each([
  ['the block', CID],
  ['its root', ROOT],
])('gives no block when %s is denied while it is on its way', async (_what, denied) => {
  const way = Promise.withResolvers<Uint8Array>()
  let isInForce = false
  const checkBlock = (cid: typeof CID): void => {
    if (isInForce && cid.equals(denied)) throw new HoldfastError('content_denied')
  }
  const source = denyingSource({ get: () => way.promise }, { checkBlock }, ROOT)
  const asked = source.get(CID)
  isInForce = true
  way.resolve(BLOCK)
  await expect(asked).rejects.toMatchObject({ code: 'content_denied' })
})
