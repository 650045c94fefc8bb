import type { ListedFile } from '../api/files'

/** Where the gateway shows the file under its name. */
export const gatewayLink = (gatewayUrl: string, { cid, name }: Pick<ListedFile, 'cid' | 'name'>): string =>
  `${gatewayUrl.replace(/\/$/, '')}/ipfs/${cid}/${encodeURIComponent(name)}`
