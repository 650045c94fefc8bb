import type { ErrorCode } from '@packages/shared/error-catalogue'
import type { HoldfastError } from '@packages/shared/holdfast-error'
import { escapeHtml } from './escape-html.ts'
import { pageHead } from './page-style.ts'

const AGAIN = 'Try again in a moment.'

/** What a visitor may do next. The same for all that is not found: whether somebody has it in private is nobody's business. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  not_found: 'Look for a typing error in the address, or ask whoever gave it to you to pin it.',
  invalid_cid: 'The part of the address behind /ipfs/ should be a CID. It may have been cut off when it was copied.',
  name_not_resolved: 'The name exists no more, has no record, or nobody who has it can be reached now.',
  content_gone: 'Whoever runs this gateway has taken it down.',
  blocked_for_legal_reasons: 'Whoever runs this gateway has taken it down for legal reasons.',
  invalid_token: 'This gateway is open to those with a valid token. Ask whoever gave you the address for a new one.',
  unauthenticated: 'This gateway is open to those with a token. Ask whoever gave you the address.',
  rate_limited: AGAIN,
  request_timeout: AGAIN,
  unavailable: AGAIN,
  internal: `${AGAIN} If it stays so, tell whoever runs this gateway.`,
}

const STYLE = `body{max-width:38rem;padding-top:12vh}p{margin:.5rem 0}.status{color:var(--soft);font-variant-numeric:tabular-nums}
h1{font-size:1.4rem;line-height:1.3;margin:.2rem 0 1rem}.code{margin-top:2rem;padding-top:.8rem;border-top:1px solid var(--line);color:var(--soft);font-size:.85rem}`

/** An error for people, in words of the catalogue. Nothing runs in it or is loaded, and what a detail repeats of a path is escaped. */
export const errorPage = (error: HoldfastError): string => {
  const advice = ADVICE[error.code]
  return `${pageHead(`${error.status} ${escapeHtml(error.title)}`, STYLE)}
<main>
<p class="status">${error.status}</p>
<h1>${escapeHtml(error.title)}</h1>
${error.detail === undefined ? '' : `<p>${escapeHtml(error.detail)}</p>\n`}${advice === undefined ? '' : `<p>${advice}</p>\n`}<p class="code"><code>${error.code}</code></p>
</main>
</html>
`
}
