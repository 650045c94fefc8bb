import { HoldfastError } from '@packages/shared/holdfast-error'
import { isUuid } from '@packages/shared/ids'

export const UPLOADS_PATH = '/api/v1/uploads'

/**
 * An upload's or folder's id in addresses: `<first 8 hex digits of the store's id>.<uuid>`. Its bytes lie with one process, so
 * the address says which one; a router in front of several can read it.
 */
export const encodeUploadId = (storeId: string, id: string): string => `${storeId.slice(0, 8)}.${id}`

/** From the upload's address, as absolute path: right behind whatever proxy the request came through (RFC 9110, 10.2.2). */
export const uploadLocation = (storeId: string, id: string): string => `${UPLOADS_PATH}/${encodeUploadId(storeId, id)}`

/**
 * The row's id in an id of this store.
 * @throws HoldfastError `not_found` for what is no id; `upload_gone` for an upload that another store owns: it is not
 *   reached from here, and may be dead
 */
export const decodeUploadId = (text: string, storeId: string): string => {
  const [owner = '', id = '', ...rest] = text.toLowerCase().split('.')
  if (!/^[0-9a-f]{8}$/.test(owner) || !isUuid(id) || rest.length > 0) throw new HoldfastError('not_found')
  if (owner !== storeId.slice(0, 8))
    throw new HoldfastError('upload_gone', {
      detail: `The bytes of this upload lie with another store (${owner}), which does not answer here. Start the upload again.`,
    })
  return id
}
