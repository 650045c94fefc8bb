const pairsOf = (query: string): string[] =>
  query
    .replace(/^\?/, '')
    .split('&')
    .filter((pair) => pair !== '')

const nameOf = (pair: string): string => pair.split('=', 1)[0] as string

/**
 * A target with the query that was asked for: what the visitor says goes before what the file says of the same name (Web
 * _redirects File Specification, "Query Parameters").
 */
export const mergeQuery = (target: string, asked: string): string => {
  const given = pairsOf(asked)
  if (given.length === 0) return target
  const [address = '', fragment] = target.split('#', 2)
  const question = address.indexOf('?')
  const path = question < 0 ? address : address.slice(0, question)
  const names = new Set(given.map(nameOf))
  const own = pairsOf(question < 0 ? '' : address.slice(question)).filter((pair) => !names.has(nameOf(pair)))
  return `${path}?${[...own, ...given].join('&')}${fragment === undefined ? '' : `#${fragment}`}`
}
