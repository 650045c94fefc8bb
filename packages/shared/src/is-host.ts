/** RFC 3986, 3.2.2: an address in brackets, or a name of what may stand in one; behind it a port. Some clients write names of other scripts as they are. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=\x80-\xff-]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/

const isUtf8 = (text: string): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))
    return true
  } catch {
    return false
  }
}

/**
 * Whether this can be what a request was sent to. Whatever else stands there, a proxy in front may have read as something other than we would.
 * @param text as node hands headers over: each byte is a character
 */
export const isHost = (text: string): boolean => HOST.test(text) && (!/[\x80-\xff]/.test(text) || isUtf8(text))
