import { randomBytes } from 'node:crypto'
import type { LookUpTxt } from '@packages/runtime/dns/txt-look-up'

const PREFIX = 'holdfast='
const PROOF_BYTES = 20

/** 160 random bits: nobody can have put them into DNS before the row was there. They are public from then on. */
export const makeProof = (): string => randomBytes(PROOF_BYTES).toString('hex')

/** The TXT record that shows whose a domain is. */
export const proofRecord = (domain: string, proof: string): { name: string; type: 'TXT'; value: string } => ({
  name: `_holdfast.${domain}`,
  type: 'TXT',
  value: `${PREFIX}${proof}`,
})

/** The proofs that stand in a domain's DNS now; null when no name server has told. */
export const lookUpProofs = async (domain: string, lookUp: LookUpTxt): Promise<readonly string[] | null> => {
  try {
    const answer = await lookUp(proofRecord(domain, '').name)
    const texts = (answer?.texts ?? []).map((text) => text.trim())
    return texts.filter((text) => text.startsWith(PREFIX)).map((text) => text.slice(PREFIX.length))
  } catch {
    return null
  }
}
