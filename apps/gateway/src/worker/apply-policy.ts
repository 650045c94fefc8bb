import { canonicalCid, parseCid } from '@packages/shared/cid'
import type { PolicyEntry } from '@packages/shared/policy-log'
import type { HeldContent } from '../content/held-content.ts'
import type { NameCache } from '../content/name-cache.ts'
import type { ResolvedNames } from '../content/resolved-names.ts'
import type { LinkedResponses } from '../serve/linked-responses.ts'

type PolicyTargets = { content: HeldContent; names: NameCache; resolved: ResolvedNames; linked: LinkedResponses }

/** Puts entries of the policy log in force in this worker. Kinds that concern credentials are not for gateways. */
export const applyPolicy = (
  entries: readonly PolicyEntry[],
  { content, names, resolved, linked }: PolicyTargets,
): void => {
  for (const entry of entries) {
    if (entry.kind === 'link.revoked') linked.cut(entry.linkId)
    if (entry.kind === 'ipns.published') resolved.forget(entry.name)
    if (entry.kind !== 'content.released' && entry.kind !== 'file.unnamed') continue
    // A list of ciphertexts: nothing that is cached here by its CID.
    if (entry.kind === 'content.released' && entry.realm === 'private') continue
    const cid = canonicalCid(parseCid(entry.cid))
    names.forget(cid)
    if (entry.kind === 'content.released') content.forget(cid)
  }
}
