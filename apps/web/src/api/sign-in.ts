import { dataOf } from '@packages/api-client/create-client'
import { startAuthentication } from '@simplewebauthn/browser'
import { client } from './client'
import { SignInRefused } from './explain'
import type { Identity, SecondFactor } from './security'
import { withPasskey } from './with-passkey'

const textOf = (body: unknown, name: string): string | undefined => {
  const value: unknown = typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** better-auth's own routes and those beside them set and end the cookie; they are not part of the OpenAPI document. */
const post = async (path: string, body: unknown, refusals: Record<string, string>): Promise<unknown> => {
  const response = await fetch(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined)
  if (response.ok) return answer
  const code = textOf(answer, 'code')
  const told = textOf(answer, 'detail') ?? textOf(answer, 'message') ?? textOf(answer, 'title')
  const words = refusals[code ?? ''] ?? refusals[response.status] ?? told
  throw new SignInRefused(words ?? `The platform answered with status ${response.status}`, code)
}

const TOO_MANY = 'Too many tries. Wait a minute, then try again'

/** What is left to do: nothing, for the HttpOnly session cookie is set; or a code has to be shown with `mfaToken`. */
export type SignInStep = { mfaToken: string | null }

/** @throws SignInRefused */
export const signIn = async ({ email, password }: { email: string; password: string }): Promise<SignInStep> => {
  const wrong = 'The e-mail address or the password is wrong'
  const answer = await post('/sign-in/email', { email, password }, { 400: wrong, 401: wrong, 429: TOO_MANY })
  return { mfaToken: textOf(answer, 'mfaToken') ?? null }
}

/** Finishes a sign-in that asked for a second factor. @throws SignInRefused `invalid_token` when it has to begin again */
export const showSecondFactor = async (mfaToken: string, shown: SecondFactor): Promise<void> => {
  await post(
    '/sign-in/mfa',
    { mfaToken, ...shown },
    {
      invalid_code: 'The code is wrong, or was used before',
      invalid_request: 'This is not a code of six digits',
      invalid_token: 'This took too long, or too many codes were wrong. Sign in again',
    },
  )
}

/** Goes to the sign-in provider, which sends the browser back. @throws SignInRefused */
export const signInElsewhere = (): Promise<void> => goTo('/oidc/start', {})

/** The same, to have it open this account from then on. @throws SignInRefused */
export const linkElsewhere = (identity: Identity): Promise<void> => goTo('/oidc/link', identity)

/** The same, to show there who one is. @throws SignInRefused */
export const confirmElsewhere = (): Promise<void> => goTo('/oidc/confirm', {})

const goTo = async (path: string, body: object): Promise<void> => {
  const url = textOf(await post(path, body, { 429: TOO_MANY }), 'url')
  if (url === undefined) throw new SignInRefused('The sign-in provider cannot be reached', undefined)
  window.location.assign(url)
}

/** By a passkey of this browser's, which asks its user. @throws SignInRefused */
export const signInByPasskey = async (): Promise<void> => {
  const optionsJSON = await dataOf(client().POST('/api/v1/auth/passkeys/challenge'))
  const credential = await withPasskey(() => startAuthentication({ optionsJSON }))
  await post('/sign-in/passkey', { credential }, { 429: TOO_MANY })
}

/** Ends the session on the server and clears the cookie. */
export const signOut = async (): Promise<void> => {
  await post('/sign-out', {}, {})
}
