export type ProviderResult = { confirmation: string } | { linked: true } | { refusal: string }

const REFUSALS: Record<string, string> = {
  sso_failed: 'The sign-in provider did not confirm who you are, or it took too long. Try again.',
  sso_not_allowed: 'Your account at the sign-in provider may not sign in here. Ask the operator.',
  sso_linked_elsewhere: 'Your account at the sign-in provider opens another account here already.',
  sso_not_you: 'Somebody else has signed in at the sign-in provider. Sign in there as yourself.',
  conflict: 'Your account is linked already.',
  forbidden: 'An operator’s account is opened by no sign-in provider.',
  unavailable: 'The sign-in provider cannot be reached now. Try again later.',
}

/** What the provider’s way back says to this page; undefined when it says nothing. Only words of our own are shown: anybody can make a link with a fragment. */
export const providerResult = (fragment: string): ProviderResult | undefined => {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ''))
  const confirmation = parameters.get('confirmed')
  if (confirmation !== null && confirmation !== '') return { confirmation }
  if (parameters.has('linked')) return { linked: true }
  const code = parameters.get('error')
  if (code === null) return undefined
  const known = Object.hasOwn(REFUSALS, code) ? REFUSALS[code] : undefined
  return { refusal: known ?? 'That was not finished. Try again.' }
}
