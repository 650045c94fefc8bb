import type { ListedFile } from '../api/files'

export const gatewayLink = (file: ListedFile): string => `/ipfs/${file.cid}/${encodeURIComponent(file.name)}`
