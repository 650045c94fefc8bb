import { expect, it } from 'vitest'
import { type EntryIcon, ICON_DRAWINGS, iconOf, iconUse } from './entry-icons.ts'

it.each<[string, EntryIcon]>([
  ['a.png', 'image'],
  ['a.SVG', 'image'],
  ['a.mp3', 'audio'],
  ['a.webm', 'video'],
  ['a.html', 'code'],
  ['a.json', 'code'],
  ['a.zip', 'archive'],
  ['a.tar.gz', 'archive'],
  ['a.txt', 'text'],
  ['a.md', 'text'],
  ['a.pdf', 'text'],
  ['a.bin', 'file'],
  ['README', 'file'],
  ['constructor', 'file'],
  ['.png', 'image'],
])('%s is shown as %s, which is drawn', (name, icon) => {
  expect(iconOf(name)).toBe(icon)
  expect(iconUse(icon)).toContain(`#${icon} `)
  expect(ICON_DRAWINGS).toContain(`id="${icon}"`)
})

it.each<[string, string, EntryIcon]>([
  ['photos', 'bafybeihhtlhrejplbdkgp4c33jxgqet6rbbu5332jvwdaumfgst4az6eem', 'folder'],
  ['2024. A year', 'bafybeihhtlhrejplbdkgp4c33jxgqet6rbbu5332jvwdaumfgst4az6eem', 'folder'],
  ['disk.bin', 'bafybeihhtlhrejplbdkgp4c33jxgqet6rbbu5332jvwdaumfgst4az6eem', 'file'],
  ['film.webm', 'bafybeihhtlhrejplbdkgp4c33jxgqet6rbbu5332jvwdaumfgst4az6eem', 'video'],
  ['README', 'bafkreiaeg5bn65mlstaow6eriubzntieoiprlz3anpdizpzbbxvn7crz4m', 'file'],
  ['README', 'QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n', 'file'],
])('%s of %s is shown as %s', (name, cid, icon) => {
  expect(iconOf(name, cid)).toBe(icon)
  expect(ICON_DRAWINGS).toContain(`id="${icon}"`)
})
