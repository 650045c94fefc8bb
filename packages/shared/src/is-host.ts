/** RFC 3986, 3.2.2: an address in brackets, or a name of what may stand in one; behind it a port. */
const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)(?::\d*)?$/

/** Whether this can be what a request was sent to. Whatever else stands there, a proxy in front may have read as something other than we would. */
export const isHost = (text: string): boolean => HOST.test(text)
