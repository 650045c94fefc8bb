import { ICON_DRAWINGS, iconOf, iconUse } from './entry-icons.ts'
import { MAX_FILENAME_BYTES } from '../request/parse-target.ts'
import { escapeHtml } from './escape-html.ts'
import { pageHead } from './page-style.ts'
import { percentEncode } from './percent-encode.ts'

/** One line of a listing. `size`: as the directory claims, never to be believed. */
export type ListedEntry = { name: string; cid: string; size: number | undefined }

/** Where the page stands, and where its links lead. Everything that is not a name is safe as it is. */
export type ListingPlace = {
  /** Of the whole path: `ipfs`, `ipns` or `files`. */
  namespace: string
  /** The root's address, such as `/ipfs/CID`, `//gateway/ipfs/CID` or `//domain`. */
  rootAddress: string
  root: string
  /** The names below the root that lead here. */
  names: readonly string[]
  /** What stands before a name in this page's own address: `''` at the root of a host. */
  base: string
  /** What each address ends in. */
  query: string
  /** Where a CID is found: on a gateway's path, by its explorer on a domain of its own, or nowhere. */
  cids: { gateway: string } | 'explorer' | 'none'
}

const downloads = (base: string): string =>
  `<p class="actions">Download all of it: <a href="${base}/?format=tar">TAR</a> <a href="${base}/?format=car">CAR</a> <span>(verifiable)</span></p>
`

const STYLE = `h1{font-size:1.1rem;font-weight:600;margin:0 0 .5rem}h1 span{font-weight:400}
.actions,.count{color:var(--soft);margin:.3rem 0}.actions a{margin-left:.4rem}
table{border-collapse:collapse;width:100%;margin-top:1rem}
th,td{padding:.4rem .5rem;text-align:left;border-bottom:1px solid var(--line);font-weight:400}
thead td,th{color:var(--soft);font-size:.85rem}td.size,th.size{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.cid{font-family:ui-monospace,monospace;font-size:.85rem;white-space:nowrap}td.icon{width:1.8rem;padding-right:0}
td svg{display:block;width:1rem;height:1rem;fill:none;stroke:var(--soft);stroke-width:1.2;stroke-linecap:round;stroke-linejoin:round}
tbody tr:hover td{background:var(--raised)}
@media(max-width:40rem){td.cid,th.cid{display:none}}`

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

const sizeText = (bytes: number | undefined): string => {
  if (bytes === undefined) return ''
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1]
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`
}

/** How many, and what they claim to weigh together where each of them says so. */
const countText = (entries: readonly ListedEntry[]): string => {
  const count = entries.length === 1 ? '1 entry' : `${entries.length} entries`
  const total = entries.reduce<number | undefined>(
    (sum, { size }) => (sum === undefined || size === undefined ? undefined : sum + size),
    0,
  )
  return total === undefined || entries.length === 0 ? count : `${count}, ${sizeText(total)}`
}

const short = (cid: string): string => (cid.length <= 12 ? cid : `${cid.slice(0, 4)}…${cid.slice(-4)}`)

// oxlint-disable-next-line no-control-regex -- no path may hold them (ADR 0064)
const CONTROL = /[\u0000-\u001f\u007f]/

const nameLink = (name: string, { base, query }: ListingPlace): string =>
  CONTROL.test(name) ? escapeHtml(name) : `<a href="${base}/${percentEncode(name)}${query}">${escapeHtml(name)}</a>`

const cidLink = ({ name, cid }: ListedEntry, cids: ListingPlace['cids']): string => {
  if (cids === 'none') return ''
  const shown = `<span title="${cid}">${short(cid)}</span>`
  if (cids === 'explorer')
    return `<a class="ipfs-hash" translate="no" href="https://cid.ipfs.tech/#${cid}" target="_blank" rel="noreferrer noopener">${shown}</a>`
  // Escaped twice, as all gateways write it and the conformance suite wants it; a longer one would be refused.
  const escaped = percentEncode(name)
  const filename = escaped.length > MAX_FILENAME_BYTES ? '' : `?filename=${percentEncode(escaped)}`
  return `<a class="ipfs-hash" translate="no" href="${cids.gateway}/ipfs/${cid}${filename}">${shown}</a>`
}

const breadcrumbs = ({ namespace, rootAddress, root, names, query, cids }: ListingPlace): string => {
  const isDomain = cids === 'explorer'
  const links = [`<a href="${rootAddress}${isDomain ? '/' : ''}${query}">${escapeHtml(root)}</a>`]
  for (const [index, name] of names.entries()) {
    const path = names
      .slice(0, index + 1)
      .map(percentEncode)
      .join('/')
    links.push(`<a href="${rootAddress}/${path}${query}">${escapeHtml(name)}</a>`)
  }
  return `/${namespace}/${links.join('/')}`
}

/**
 * A page that lists a directory. Its names are a stranger's: each is escaped for reading (controls and marks of
 * direction, which could make it look like another one, are shown as U+FFFD) and percent-encoded as an address.
 */
export const directoryPage = (place: ListingPlace, entries: readonly ListedEntry[]): string => {
  const { base, names, query, cids } = place
  const rows = entries.map(
    (entry) =>
      `<tr><td class="icon">${iconUse(iconOf(entry.name, entry.cid))}<td>${nameLink(entry.name, place)}<td class="cid">${cidLink(entry, cids)}<td class="size">${sizeText(entry.size)}`,
  )
  if (names.length > 0)
    rows.unshift(
      `<tr><td class="icon">${iconUse('up')}<td><a href="${base}/..${query}">..</a><td class="cid"><td class="size">`,
    )
  const title = escapeHtml(`Index of /${[place.namespace, place.root, ...names].join('/')}`)
  return `${pageHead(title, STYLE)}
${ICON_DRAWINGS}
<main>
<h1>Index of <span>${breadcrumbs(place)}</span></h1>
<p class="count">${countText(entries)}</p>
${place.namespace === 'files' ? '' : downloads(base)}<table>
<thead><tr><td class="icon"><th scope="col">Name<th scope="col" class="cid">CID<th scope="col" class="size">Size
<tbody>
${rows.join('\n')}
</table>
</main>
</html>
`
}
