/** What an answer to a tus request tells, whichever request it was. */
export type UploadProgress = {
  id: string
  /** Bytes that count. */
  offset: number
  /** Null while it is deferred. */
  length: number | null
  expiresAt: Date
  /** Set once it is a file. */
  finished?: { fileId: string; cid: string | null }
}

/** Upload-Offset, Upload-Expires while it can expire, and what came of it. */
export const progressHeaders = ({ offset, length, expiresAt, finished }: UploadProgress): Record<string, string> => ({
  'upload-offset': String(offset),
  ...(offset === length ? {} : { 'upload-expires': expiresAt.toUTCString() }),
  ...(finished === undefined ? {} : { 'holdfast-file': finished.fileId }),
  ...(finished?.cid == null ? {} : { 'holdfast-cid': finished.cid }),
})
