import { parseCid } from '@packages/shared/cid'
import { describe, expect, it } from 'vitest'
import { ipfsUri } from './ipfs-uri.ts'

const CID = 'bafkreigbktifdjjfqizmooormupfjb2ddo2wg6yww2fwq7ufekgfu3u5ou'

describe('ipfsUri', () => {
  // Computed with Kubo 0.43.1.
  it.each([
    [['ipfs', CID], `ipfs://${CID}`],
    [['ipfs', CID, ''], `ipfs://${CID}/`],
    [['ipfs', CID, 'x', ''], `ipfs://${CID}/x/`],
    [
      ['ipfs', CID, `x!'()*~&=+$,;:@ -._"<>[]^\`{|}\\#?%т`],
      `ipfs://${CID}/x%21%27%28%29%2A~%26%3D%2B%24%2C%3B%3A%40%20-._%22%3C%3E%5B%5D%5E%60%7B%7C%7D%5C%23%3F%25%D1%82`,
    ],
  ])('%j', (path, expected) => {
    expect(ipfsUri(parseCid(CID), path)).toBe(expected)
  })

  it('writes a v0 CID as v1', () => {
    const v0 = 'QmXKaXYg3PzrUc79vU9xCYeqL71V9mSadhw98XHo4c6qNX'
    expect(ipfsUri(parseCid(v0), ['ipfs', v0])).toBe(
      'ipfs://bafybeiefolpxgr7msdp3iu24x5l7ef5gdegeoaypzrfgr35smriwnn5t7a',
    )
  })
})
