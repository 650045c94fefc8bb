import { z } from 'zod'
import type { SecondFactorProof } from './take-second-factor.ts'

export const codeField = z
  .string()
  .trim()
  .regex(/^\d{6}$/, { error: 'is not a code of six digits' })
  .meta({ description: 'What the authenticator app shows now; works once.', example: '123456' })

const recoveryCodeField = z
  .string()
  .min(1)
  .max(64)
  .meta({ description: 'One of those that were shown when the second factor was turned on; works once.' })

/** One of the two, never both. */
export const proofFields = { code: codeField.optional(), recoveryCode: recoveryCodeField.optional() }

type ProofFields = { code?: string | undefined; recoveryCode?: string | undefined }

export const hasOneProof = ({ code, recoveryCode }: ProofFields): boolean =>
  (code === undefined) !== (recoveryCode === undefined)

export const ONE_PROOF = { error: 'send either code or recoveryCode', path: ['code'] }

export const proofOf = ({ code, recoveryCode }: ProofFields): SecondFactorProof =>
  code === undefined ? { recoveryCode: recoveryCode ?? '' } : { code }

export const passwordField = z.string().min(1).max(1_000).meta({ description: 'The current password.' })

export const mfaTokenField = z.string().min(1).max(200).meta({ description: 'From the challenge.' })

export const recoveryCodesField = z.array(z.string()).meta({
  description: 'Each works once in place of a code of the app. Shown this once.',
  example: ['7k2m-9qxw-c4tn-0vfe'],
})
