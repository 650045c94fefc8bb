import { withHeader } from './with-header.ts'

/** The same flat list of headers, with one more of which the answer depends on. */
export const withVary = (headers: readonly string[], name: string): readonly string[] => {
  const at = headers.indexOf('Vary')
  const before = at === -1 ? undefined : (headers[at + 1] as string)
  if (before === undefined) return [...headers, 'Vary', name]
  if (before.toLowerCase().split(', ').includes(name.toLowerCase())) return headers
  return withHeader(headers, 'Vary', `${before}, ${name}`)
}
