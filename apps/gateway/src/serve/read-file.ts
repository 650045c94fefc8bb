import type { IncomingMessage, ServerResponse } from 'node:http'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { withoutScripts } from '../plan/content-safety.ts'
import { keepPrivate } from '../plan/keep-private.ts'
import { planPreflight } from '../plan/plan-preflight.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import type { TrustedProxies } from '../request/client-address.ts'
import { type FileCredentials, forwardedOf, readFileCredentials } from '../request/file-credentials.ts'
import { parseTarget } from '../request/parse-target.ts'
import type { RequestHeaders } from '../request/read-headers.ts'
import { readPasswordForm } from '../request/read-password-form.ts'
import type { LinkedResponses } from './linked-responses.ts'
import { type Reader, type RespondFilesDeps, respondFiles } from './respond-files.ts'

const METHODS = 'GET, HEAD, POST, OPTIONS'

export type FileRequest = {
  method: string
  headers: RequestHeaders
  request: IncomingMessage
  response: ServerResponse
}

export type ReadFileDeps = RespondFilesDeps & {
  linked: LinkedResponses
  proxies: TrustedProxies
  /** The plan of an error. */
  failed(error: unknown): ResponsePlan
}

/** One request under /files: whatever comes of it, nobody stores it, and its address goes to nobody. */
export const readFile = async (asked: FileRequest, deps: ReadFileDeps): Promise<ResponsePlan> => {
  try {
    return keepPrivate(await answer(asked, deps))
  } catch (error) {
    return keepPrivate(deps.failed(error))
  }
}

const answer = async ({ method, headers, request, response }: FileRequest, deps: ReadFileDeps) => {
  if (method === 'OPTIONS') return planPreflight()
  if (method !== 'GET' && method !== 'HEAD' && method !== 'POST')
    throw new HoldfastError('method_not_allowed', { headers: { Allow: METHODS } })
  const { path, query } = parseTarget(request.url ?? '')
  const shown = readFileCredentials(request.rawHeaders, query.link)
  // A form is the same as a GET with the password in a header.
  const credentials = method === 'POST' && shown !== undefined ? await withForm(shown, request) : shown
  const address = deps.proxies.clientOf(request.socket.remoteAddress ?? '', forwardedOf(request.rawHeaders))
  const onGrant: Reader['onGrant'] = (granted) => deps.linked.follow({ ...granted, response })
  const plan = await respondFiles(
    { method: method === 'POST' ? 'GET' : method, path, query, headers },
    { credentials, address, onGrant },
    deps,
  )
  // A page of a folder would read in its own address what opens all of it.
  const own = query.link === undefined ? plan : withoutScripts(plan)
  return method === 'POST' ? keepingForm(own) : own
}

/** After any other redirect browsers would ask by GET, without the password: the one form would be there again (RFC 9110, 15.4.9). */
const keepingForm = (plan: ResponsePlan): ResponsePlan => (plan.status === 301 ? { ...plan, status: 308 } : plan)

const withForm = async (shown: FileCredentials, request: IncomingMessage): Promise<FileCredentials> => ({
  ...shown,
  password: await readPasswordForm(request),
})
