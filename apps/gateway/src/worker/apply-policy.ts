import { canonicalCid, parseCid } from '@packages/shared/cid'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { HeldContent } from '../content/held-content.ts'
import type { NameCache } from '../content/name-cache.ts'
import type { ResolvedNames } from '../content/resolved-names.ts'
import type { LinkedResponses } from '../serve/linked-responses.ts'

type PolicyTargets = { content: HeldContent; names: NameCache; resolved: ResolvedNames; linked: LinkedResponses }

/** Ends what is being sent by what has ended, and asks again where it has changed. */
const applyToResponses = (entry: PolicyEntry, linked: LinkedResponses): void => {
  if (entry.kind === 'link.revoked') linked.cut(entry.linkId)
  if (entry.kind === 'api-key.revoked') linked.cut(entry.apiKeyId)
  if (entry.kind === 'session.revoked') linked.cut(entry.sessionId)
  if (entry.kind === 'content.released') linked.cut(entry.contentId)
  if (entry.kind === 'api-key.changed') linked.review(entry.apiKeyId)
  if (entry.kind === 'user.changed') linked.review(entry.userId)
  if (entry.kind === 'organization.changed') linked.review(entry.organizationId)
}

/** Puts entries of the policy log in force in this worker. */
export const applyPolicy = (
  entries: readonly PolicyEntry[],
  { content, names, resolved, linked }: PolicyTargets,
): void => {
  for (const entry of entries) {
    applyToResponses(entry, linked)
    if (entry.kind === 'ipns.published') resolved.forget(entry.name)
    if (entry.kind !== 'content.released' && entry.kind !== 'file.unnamed') continue
    // A list of ciphertexts: nothing that is cached here by its CID.
    if (entry.kind === 'content.released' && entry.realm === 'private') continue
    const cid = canonicalCid(parseCid(entry.cid))
    names.forget(cid)
    if (entry.kind === 'content.released') content.forget(cid)
  }
}
