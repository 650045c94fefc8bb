import { HoldfastError } from '@packages/shared/holdfast-error'

/** PostgreSQL stores neither NUL nor half a surrogate pair in text or jsonb. */
const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0')

const refuse = (path: string): never => {
  throw new HoldfastError('invalid_request', {
    fields: [{ path: path.slice(0, 200).toWellFormed(), message: 'must not hold NUL or half a surrogate pair' }],
  })
}

/**
 * Walks a parsed JSON value without recursion.
 * @throws HoldfastError `invalid_request` naming the field, `invalid_json` when nested deeper than `maxDepth`
 */
export const refuseUnstorableText = (root: unknown, maxDepth: number): void => {
  const open: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, path, depth } = next
    if (typeof value === 'string' && !isStorable(value)) refuse(path)
    if (typeof value !== 'object' || value === null) continue
    if (depth >= maxDepth) throw new HoldfastError('invalid_json', { detail: `Nested deeper than ${maxDepth}.` })
    for (const [key, child] of Object.entries(value)) {
      const childPath = path === '' ? key : `${path}.${key}`
      if (!isStorable(key)) refuse(childPath.replaceAll('\0', '\\0'))
      if (typeof child === 'object' || typeof child === 'string')
        open.push({ value: child, path: childPath, depth: depth + 1 })
    }
  }
}
