/** Reads `#token=…`; `null` when the fragment has none. A fragment is never sent to a server or written to its log. */
export const tokenFromFragment = (fragment: string): string | null => {
  const token = new URLSearchParams(fragment.replace(/^#/, '')).get('token')
  return token === null || token.trim() === '' ? null : token.trim()
}
