/** A registered route: its method and path pattern (`/api/v1/files/:hash`). */
export type RouteShape = { method: string; url: string }

const matches = (pattern: string, path: string): boolean => {
  const expected = pattern.split('/')
  const actual = path.split('/')
  if (expected.at(-1) === '*') return expected.slice(0, -1).every((part, index) => part === actual[index])
  return (
    expected.length === actual.length &&
    expected.every((part, index) => (part.startsWith(':') ? actual[index] !== '' : part === actual[index]))
  )
}

/** The methods that are routed at a request's path; none when the path is unknown (RFC 9110, 15.5.6). */
export const allowedMethods = (routes: readonly RouteShape[], url: string): string[] => {
  const path = url.split('?', 1)[0] ?? ''
  return [...new Set(routes.filter((route) => matches(route.url, path)).map((route) => route.method))].toSorted()
}
