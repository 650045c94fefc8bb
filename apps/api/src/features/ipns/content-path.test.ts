import { expect, it } from 'vitest'
import { asContentPath } from './content-path.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

it.each([
  [CID, `/ipfs/${CID}`],
  [`/ipfs/${CID}`, `/ipfs/${CID}`],
  [`/ipfs/${CID}/`, `/ipfs/${CID}`],
  [`/ipfs/${CID}/a b/ü.html`, `/ipfs/${CID}/a b/ü.html`],
  ['/ipns/example.org/docs', '/ipns/example.org/docs'],
  [`/ipns/k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8`, expect.stringMatching(/^\/ipns\/k51/)],
])('%s is published', (given, path) => {
  expect(asContentPath(given)).toEqual(path)
})

it.each([
  [''],
  ['/'],
  ['/ipfs/'],
  ['/ipfs/nonsense'],
  ['/ipld/x'],
  [`ipfs/${CID}`],
  [`/ipfs/${CID}/../x`],
  [`/ipfs/${CID}/./x`],
  [`/ipfs/${CID}//x`],
  [`/ipfs/${CID}/a\nb`],
  [`/ipfs/${CID}/\u{d800}`],
  [`/ipfs/${CID}${'/a'.repeat(65)}`],
  ['/ipns/'],
  ['/ipns/-a'],
  ['/ipns/a..b'],
  ['https://evil.example'],
])('%j is not', (given) => {
  expect(asContentPath(given)).toBeUndefined()
})
