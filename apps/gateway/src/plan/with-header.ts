/** The same flat list of headers, in which this one stands once. */
export const withHeader = (headers: readonly string[], name: string, value: string): string[] => {
  const rest: string[] = []
  for (let at = 0; at + 1 < headers.length; at += 2)
    if ((headers[at] as string).toLowerCase() !== name.toLowerCase())
      rest.push(headers[at] as string, headers[at + 1] as string)
  return [...rest, name, value]
}
