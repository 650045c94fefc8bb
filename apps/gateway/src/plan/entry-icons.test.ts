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
