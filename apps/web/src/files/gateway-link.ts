import type { ListedFile } from '../api/files'

/** Where the gateway shows it: a file under its name, a folder as a place of its own. */
export const gatewayLink = (
  gatewayUrl: string,
  { cid, name, kind }: Pick<ListedFile, 'cid' | 'name' | 'kind'>,
): string => {
  const root = `${gatewayUrl.replace(/\/$/, '')}/ipfs/${cid}`
  if (kind === 'file') return `${root}/${encodeURIComponent(name)}`
  return kind === 'directory' ? `${root}/` : `${root}?format=raw`
}
