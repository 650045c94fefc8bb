import { percentEncode } from './percent-encode.ts'

const asciiName = (name: string): string =>
  // The old form: what is not ASCII becomes `_` (path gateway specification), quotes and backslashes too, since
  // agents differ on how to unescape them.
  name.replace(/[^\x20-\x7e]|["\\%]/gu, '_')

/** Content-Disposition by RFC 6266; `filename*` (RFC 8187) only where the plain form cannot say it. */
export const contentDisposition = (type: 'inline' | 'attachment', name: string): string => {
  const ascii = asciiName(name)
  return ascii === name
    ? `${type}; filename="${name}"`
    : `${type}; filename="${ascii}"; filename*=UTF-8''${percentEncode(name)}`
}
