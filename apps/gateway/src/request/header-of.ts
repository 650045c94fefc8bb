/** One header of node's flat list, by its name in lower case; of several lines the first. Nothing is built for it: it is asked for in each request. */
export const headerOf = (rawHeaders: readonly string[], name: string): string | undefined => {
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const key = rawHeaders[at] as string
    if (key.length === name.length && key.toLowerCase() === name) return rawHeaders[at + 1]
  }
  return undefined
}
