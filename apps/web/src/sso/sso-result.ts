export type SsoResult = { mfaToken: string } | { refusal: string }

const REFUSALS: Record<string, string> = {
  sso_failed: 'The sign-in provider did not confirm who you are, or it took too long. Try again.',
  sso_not_allowed: 'Your account at the sign-in provider may not sign in here. Ask the operator.',
  sso_email_unverified: 'The sign-in provider has not verified your e-mail address, so that no account here is yours.',
  sso_account_exists: 'Your e-mail address has an account here already. Sign in with its password.',
  registration_closed: 'You have no account here. Ask somebody to invite you, or the operator.',
  rate_limited: 'Too many tries. Wait a minute, then try again.',
  unavailable: 'The sign-in provider cannot be reached now. Try again later.',
}

/** What `#error=…` or `#mfa=…` says. Only words of our own are shown: anybody can make a link with a fragment. */
export const ssoResult = (fragment: string): SsoResult => {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''))
  const mfaToken = parameters.get('mfa')
  if (mfaToken !== null && mfaToken !== '') return { mfaToken }
  const code = parameters.get('error') ?? ''
  const known = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined
  return { refusal: known ?? 'The sign-in was not finished. Try again.' }
}
