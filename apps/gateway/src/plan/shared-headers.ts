export const ALLOWED_METHODS = 'GET, HEAD, OPTIONS'

/** Sent with every response: other origins may read (cookies are never looked at), nobody may guess types. */
export const EVERYWHERE: readonly string[] = [
  'X-Content-Type-Options',
  'nosniff',
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Allow-Methods',
  ALLOWED_METHODS,
  'Access-Control-Allow-Headers',
  'Accept, Authorization, Cache-Control, Content-Type, Holdfast-Gateway-Token, If-None-Match, If-Range, Range, User-Agent, X-Requested-With',
  'Access-Control-Expose-Headers',
  'Content-Disposition, Content-Length, Content-Location, Content-Range, ETag, Ipfs-Uri, X-Chunked-Output, X-Ipfs-Path, X-Ipfs-Roots, X-Stream-Output',
]

/** Of answers that are the gateway's own words: nothing in them may run, load or be framed. */
export const OWN_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Path gateway specification, "Cache-Control (response header)": a MUST under /ipfs. */
export const IMMUTABLE = 'public, max-age=29030400, immutable'
