import { setTimeout as sleep } from 'node:timers/promises'
import type { BlockSource } from '@packages/content/block-source'
import { canonicalCid, CODEC_DAG_PB, CODEC_RAW, parseCid } from '@packages/shared/cid'
import type { ErrorCode } from '@packages/shared/error-catalogue'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { Denylist } from '../denylist/denylist.ts'
import type { FileTree } from '../content/held-content.ts'
import { openPrivateTree } from '../content/private-tree.ts'
import { planError } from '../plan/plan-error.ts'
import { planFile } from '../plan/plan-file.ts'
import { MAX_POLICY_AGE_MS } from '../plan/plan-health.ts'
import { planPasswordPage } from '../plan/plan-password-page.ts'
import type { ResponsePlan } from '../plan/response-plan.ts'
import type { FileCredentials } from '../request/file-credentials.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import type { FileGrant, FileQuestion, FileRefusal } from '../worker/file-question.ts'
import type { FileQuestions } from '../worker/file-questions.ts'
import type { GrantedResponse } from './linked-responses.ts'
import { respondPath } from './respond-path.ts'
import { type ServedTreeDeps, withServedTree } from './served-tree.ts'

export type RespondFilesDeps = ServedTreeDeps & {
  denylist: Pick<Denylist, 'check' | 'checkBelow' | 'checkBlock'>
  /** Ciphertexts. */
  privateBlocks: BlockSource
  files: Pick<FileQuestions, 'find' | 'take'>
  /** Milliseconds since the primary last said how far the policy log goes. */
  policyAgeMs(): number
}

/** Who asks: what they show, from where, and what is told of what was granted. */
export type Reader = {
  credentials: FileCredentials | undefined
  address: string
  onGrant(granted: Omit<GrantedResponse, 'response'>): void
}

/** Of a question about what is being sent. */
const TRIES = 3
const PAUSE_MS = 500

const HTML = /\btext\/html\b/i

/** For what nobody may see and for what is not there alike. */
const unknown = (): HoldfastError => new HoldfastError('not_found')

const unavailable = (): HoldfastError => new HoldfastError('unavailable', { headers: { 'Retry-After': '2' } })

/**
 * `/files/:cid`, for who shows a link or a credential of an account. Without one nothing is looked up: whatever is asked for, the
 * answer is the one to an unknown CID.
 */
export const respondFiles = async (
  request: GatewayRequest,
  reader: Reader,
  deps: RespondFilesDeps,
): Promise<ResponsePlan> => {
  const { credentials, address } = reader
  if (credentials === undefined) throw unknown()
  if (request.headers.serviceWorker !== undefined)
    throw new HoldfastError('invalid_request', { detail: 'Service workers cannot be registered on a path.' })
  // What was revoked meanwhile may not be known here (hard case 10).
  if (deps.policyAgeMs() > MAX_POLICY_AGE_MS) throw unavailable()
  const cid = parseCid(request.path[1] ?? '')
  const askedAt = performance.now()
  const question = { ...credentials, cid: canonicalCid(cid), address }
  const answer = await deps.files.find(question)
  if ('refusal' in answer) return planRefusal(request, answer.refusal)
  const { grant } = answer
  // Of content that the credential opens, and so not a word about any other.
  deps.denylist.check({ namespace: 'ipfs', root: cid, rest: request.path.slice(2) })
  reader.onGrant({ hangsOn: grant.hangsOn, askedAt, mayGoOn: () => isStillGranted(question, deps.files) })
  const plan = await planGranted(request, cid, grant, deps)
  return takeIfNeeded(plan, grant, { address, files: deps.files })
}

/** Asks again. What cannot be found out is tried again, and then refused. */
const isStillGranted = async (question: FileQuestion, files: Pick<FileQuestions, 'find'>): Promise<boolean> => {
  for (let left = TRIES; left > 0; left--) {
    const answer = await files.find({ ...question, isAgain: true })
    if ('grant' in answer) return true
    if (answer.refusal.code !== 'unavailable') return false
    await sleep(PAUSE_MS, undefined, { ref: false })
  }
  return false
}

const planGranted = async (
  request: GatewayRequest,
  cid: CID,
  { secret, name }: FileGrant,
  { privateBlocks, denylist, ...deps }: RespondFilesDeps,
): Promise<ResponsePlan> => {
  if (cid.code !== CODEC_RAW && cid.code !== CODEC_DAG_PB)
    throw new HoldfastError('not_supported', { detail: 'Only UnixFS files and directories are served here.' })
  if (secret !== undefined) {
    const blocks = deps.far?.ciphertexts(privateBlocks, secret.contentId) ?? privateBlocks
    return planContent(request, cid, await openPrivateTree(blocks, cid, secret, denylist), { name, denylist })
  }
  const plan = await withServedTree(cid, deps, (tree) => planContent(request, cid, tree, { name, denylist }))
  if (plan === undefined) throw unknown()
  return plan
}

const planContent = async (
  request: GatewayRequest,
  cid: CID,
  tree: FileTree,
  { name, denylist }: Pick<FileGrant, 'name'> & Pick<RespondFilesDeps, 'denylist'>,
): Promise<ResponsePlan> => {
  const file = await tree.fileOrDirectory(cid)
  const check = (rest: readonly string[]): void => denylist.check({ namespace: 'ipfs', root: cid, rest })
  if (file === 'directory') return (await respondPath(request, cid, tree, check)).plan
  if (request.path.slice(2).some((segment) => segment !== '')) throw unknown()
  return planFile(request, { ...file, cid }, name)
}

/** A response with bytes of a file is a download, or the rest of one; what has none needs that one is left. */
const takeIfNeeded = async (
  plan: ResponsePlan,
  { linkId, contentId, isExhausted }: FileGrant,
  { address, files }: { address: string; files: Pick<FileQuestions, 'take'> },
): Promise<ResponsePlan> => {
  if (linkId === null) return plan
  if (plan.body === null || !('content' in plan.body)) {
    if (isExhausted) throw new HoldfastError('link_expired')
    return plan
  }
  // The tag names the file within the content: a window is open for its bytes alone.
  const target = `${contentId} ${plan.headers[plan.headers.indexOf('ETag') + 1]}`
  const taken = await files.take({ linkId, target, address, hasFirstByte: plan.body.start === 0 })
  if (taken === null) throw unavailable()
  if (!taken) throw new HoldfastError('link_expired')
  return plan
}

const planRefusal = (request: GatewayRequest, { code, retryAfterSeconds }: FileRefusal): ResponsePlan => {
  const asked = code === 'link_password_required' || code === 'link_password_wrong'
  if (asked && HTML.test(request.headers.accept ?? ''))
    return planPasswordPage(
      request.method,
      403,
      code === 'link_password_wrong' ? 'That was not it. Try again.' : 'Whoever gave you the link knows it.',
    )
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'Retry-After': `${retryAfterSeconds}` }
  return planError(request.method, request.headers.accept, new HoldfastError(code satisfies ErrorCode, { headers }))
}
