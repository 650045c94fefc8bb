const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Reads latin1 text (one character for each byte) as the UTF-8 that it carries; undefined when it is not UTF-8. */
export const decodeUtf8 = (latin1: string): string | undefined => {
  try {
    return decoder.decode(Buffer.from(latin1, 'latin1'))
  } catch {
    return undefined
  }
}
