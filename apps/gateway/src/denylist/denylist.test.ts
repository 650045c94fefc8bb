import { rawCid } from '@packages/content/unixfs/block-cid'
import { Takedowns } from '@packages/db/takedowns'
import { silentLogger } from '@packages/runtime/minimal-logger'
import { type Takedown, takedownKey } from '@packages/shared/takedown'
import { expect, test } from 'vitest'
import { Denylist } from './denylist.ts'

test('a block that was asked for a moment ago is refused from its takedown on, and served once that is lifted', async () => {
  const cid = rawCid(Buffer.from('a block'))
  const another = rawCid(Buffer.from('another'))
  const takedowns = new Takedowns([[takedownKey(another), { status: 410, caseNumber: 'case 1' }]])
  const list = await Denylist.open({ files: [], takedowns, logger: silentLogger })
  const change = (takedown: Takedown | null): void => {
    takedowns.hear([{ kind: 'takedown.changed', key: takedownKey(cid), takedown }])
    list.takedownsChanged()
  }
  expect(list.statusOfBlock(cid)).toBeNull()
  change({ status: 451, caseNumber: 'case 2' })
  expect(list.statusOfBlock(cid)).toBe(451)
  expect(list.statusOfBlock(another)).toBe(410)
  change(null)
  expect(list.statusOfBlock(cid)).toBeNull()
  await list.close()
})
