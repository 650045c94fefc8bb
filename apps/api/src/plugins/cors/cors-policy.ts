/** Origins whose pages may read answers; `*` is every one. */
export type CorsOrigins = '*' | readonly string[]

/** What may be asked for from elsewhere: what takes a credential in a header, and the keys to verify tokens. Never the sign-in of browsers. */
export const isShared = (url: string): boolean => /^\/(api\/v1|psa|\.well-known)\//.test(url)

/**
 * Pure: the value of Access-Control-Allow-Origin. `null` is the origin of sandboxed frames and files, whosever they are: refused,
 * under `*` as well. No answer says Access-Control-Allow-Credentials: cookies are the dashboard's alone.
 * @returns undefined where the browser has to keep the answer from the page
 */
export const allowedOrigin = (origins: CorsOrigins, origin: string | undefined): string | undefined => {
  if (origin === undefined || origin === 'null') return undefined
  if (origins === '*') return '*'
  return origins.includes(origin) ? origin : undefined
}
