import { escapeHtml } from './escape-html.ts'
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
  `<p>Download all of it: <a href="${base}/?format=tar">TAR</a>, <a href="${base}/?format=car">CAR</a> (verifiable)</p>
`

const STYLE = `:root{color-scheme:light dark;--line:#8884;--soft:#888}
body{font:15px/1.6 system-ui,sans-serif;margin:0 auto;max-width:62rem;padding:1.5rem 1rem;overflow-wrap:anywhere}
h1{font-size:1.1rem;font-weight:600}table{border-collapse:collapse;width:100%}
th,td{padding:.35rem .5rem;text-align:left;border-bottom:1px solid var(--line);font-weight:400}
th{color:var(--soft)}td.size,th.size{text-align:right;white-space:nowrap}td.cid{font-family:ui-monospace,monospace;white-space:nowrap}
tr:hover td{background:#8881}a{color:LinkText}a:focus-visible{outline:2px solid;outline-offset:2px}
@media(max-width:40rem){td.cid,th.cid{display:none}}`

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

const sizeText = (bytes: number | undefined): string => {
  if (bytes === undefined) return ''
  let [value, unit] = [bytes, 0]
  while (value >= 1024 && unit < UNITS.length - 1) [value, unit] = [value / 1024, unit + 1]
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`
}

const short = (cid: string): string => (cid.length <= 12 ? cid : `${cid.slice(0, 4)}…${cid.slice(-4)}`)

const cidLink = ({ name, cid }: ListedEntry, cids: ListingPlace['cids']): string => {
  if (cids === 'none') return ''
  const shown = `<span title="${cid}">${short(cid)}</span>`
  if (cids === 'explorer')
    return `<a class="ipfs-hash" translate="no" href="https://cid.ipfs.tech/#${cid}" target="_blank" rel="noreferrer noopener">${shown}</a>`
  // Escaped twice, as all gateways write it and the conformance suite wants it.
  const filename = percentEncode(percentEncode(name))
  return `<a class="ipfs-hash" translate="no" href="${cids.gateway}/ipfs/${cid}?filename=${filename}">${shown}</a>`
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
      `<tr><td><a href="${base}/${percentEncode(entry.name)}${query}">${escapeHtml(entry.name)}</a><td class="cid">${cidLink(entry, cids)}<td class="size">${sizeText(entry.size)}`,
  )
  if (names.length > 0) rows.unshift(`<tr><td><a href="${base}/..${query}">..</a><td class="cid"><td class="size">`)
  const title = escapeHtml(`Index of /${[place.namespace, place.root, ...names].join('/')}`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
<main>
<h1>Index of <span>${breadcrumbs(place)}</span></h1>
${place.namespace === 'files' ? '' : downloads(base)}<table>
<thead><tr><th scope="col">Name<th scope="col" class="cid">CID<th scope="col" class="size">Size
<tbody>
${rows.join('\n')}
</table>
</main>
</html>
`
}
