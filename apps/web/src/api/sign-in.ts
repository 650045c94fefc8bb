import { ApiProblem } from './problem'

/** better-auth's own routes answer with a session cookie; they are not part of the OpenAPI document. */
const post = async (path: string, body: unknown): Promise<void> => {
  const response = await fetch(`/api/auth${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw new ApiProblem(0, undefined)
  })
  if (!response.ok) throw new ApiProblem(response.status, await response.json().catch(() => undefined))
}

/** Sets the HttpOnly session cookie. @throws ApiProblem when the address or the password is wrong, or too many tries were made */
export const signIn = ({ email, password }: { email: string; password: string }): Promise<void> =>
  post('/sign-in/email', { email, password })

/** Ends the session on the server and clears the cookie. */
export const signOut = (): Promise<void> => post('/sign-out', {})
