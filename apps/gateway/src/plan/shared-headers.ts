/** Sent with every response: other origins may read (no credentials are ever looked at), nobody may guess types. */
export const EVERYWHERE: readonly string[] = [
  'X-Content-Type-Options',
  'nosniff',
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  'Content-Length, Content-Range, Content-Disposition, Content-Location, ETag, Ipfs-Uri, X-Ipfs-Path, X-Ipfs-Roots',
]

/** Of answers that are the gateway's own words: nothing in them may run, load or be framed. */
export const OWN_POLICY = "default-src 'none'; frame-ancestors 'none'"

/** Path gateway specification, "Cache-Control (response header)": a MUST under /ipfs. */
export const IMMUTABLE = 'public, max-age=29030400, immutable'
