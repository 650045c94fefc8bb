import { contentTypeOfName } from './content-type-of-name.ts'

/** 16 by 16, drawn by lines. */
const DRAWINGS = {
  file: 'M4 1.5h5l3 3v10H4zM9 1.5v3h3',
  text: 'M4 1.5h5l3 3v10H4zM9 1.5v3h3M6 7.5h4M6 9.5h4M6 11.5h2.5',
  code: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  image: 'M2 3h12v10H2zM2 11l3.5-3.5L9 11l2-2 3 3M10.5 6h.01',
  audio: 'M6 12.5V3.5l7-1.5v9M6 12.5a2 2 0 1 1-4 0 2 2 0 0 1 4 0M13 11a2 2 0 1 1-4 0 2 2 0 0 1 4 0',
  video: 'M2 3.5h12v9H2zM6.5 6v4l3.5-2z',
  archive: 'M2 2.5h12v3H2zM3 5.5v8h10v-8M6.5 8h3',
  folder: 'M1.5 3h4.5l1.5 2h7v8h-13z',
  up: 'M8 13.5v-11M3.5 7 8 2.5 12.5 7',
} as const

export type EntryIcon = keyof typeof DRAWINGS

/** By their endings: most of them have no type that all agree on. */
const ARCHIVES = /\.(?:zip|tar|tgz|gz|bz2|7z|rar|zst|xz|car)$/i
const HAS_ENDING = /\.[\w-]{1,8}$/
const CODE = /^(?:text\/(?:html|css|javascript|xml|x-)|application\/(?:json|javascript|xml|wasm|.+\+json|.+\+xml))/

/** Of version 1 and dag-pb, by SHA-256. Files that small are raw there, so that one without an ending is hardly ever a file. */
const NODE_CID = /^bafybei/

/** What a name and a CID promise, which may not be so: a listing does not look into its entries. */
export const iconOf = (name: string, cid = ''): EntryIcon => {
  if (ARCHIVES.test(name)) return 'archive'
  const type = contentTypeOfName(name)
  if (type === undefined) return NODE_CID.test(cid) && !HAS_ENDING.test(name) ? 'folder' : 'file'
  const [family] = type.split('/')
  if (family === 'image' || family === 'audio' || family === 'video') return family
  if (CODE.test(type)) return 'code'
  return family === 'text' || type === 'application/pdf' ? 'text' : 'file'
}

/** For people who see them alone: what they say stands in the name. */
export const iconUse = (icon: EntryIcon): string => `<svg aria-hidden=true><use href=#${icon} /></svg>`

/** Once in a page that uses them. */
export const ICON_DRAWINGS = `<svg width="0" height="0" aria-hidden="true" style="position:absolute">${Object.entries(
  DRAWINGS,
)
  .map(([name, path]) => `<symbol id="${name}" viewBox="0 0 16 16"><path d="${path}"/></symbol>`)
  .join('')}</svg>`
