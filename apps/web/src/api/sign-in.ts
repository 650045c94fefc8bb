import { SignInRefused } from './explain'

const messageOf = (body: unknown): string | undefined =>
  typeof body === 'object' &&
  body !== null &&
  'message' in body &&
  typeof body.message === 'string' &&
  body.message !== ''
    ? body.message
    : undefined

/** better-auth's own routes answer with a session cookie; they are not part of the OpenAPI document. */
const post = async (path: string, body: unknown, refusals: Record<number, string>): Promise<void> => {
  const response = await fetch(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (response.ok) return
  const told = messageOf(await response.json().catch(() => undefined))
  throw new SignInRefused(refusals[response.status] ?? told ?? `The platform answered with status ${response.status}`)
}

/** Sets the HttpOnly session cookie. @throws SignInRefused */
export const signIn = ({ email, password }: { email: string; password: string }): Promise<void> =>
  post(
    '/sign-in/email',
    { email, password },
    {
      400: 'The e-mail address or the password is wrong',
      401: 'The e-mail address or the password is wrong',
      429: 'Too many tries. Wait a minute, then try again',
    },
  )

/** Ends the session on the server and clears the cookie. */
export const signOut = (): Promise<void> => post('/sign-out', {}, {})
