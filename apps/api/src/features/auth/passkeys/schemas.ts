import { z } from 'zod'

const base64url = (maxChars: number) =>
  z
    .string()
    .min(1)
    .max(maxChars)
    .regex(/^[A-Za-z0-9_-]+$/, { error: 'is not base64url' })

/** At most 1,023 bytes (WebAuthn, 5.8.3). */
const idField = base64url(1_364)

const extensions = z.record(z.string().max(64), z.unknown()).optional().meta({ description: 'Not looked at.' })
const common = {
  id: idField,
  rawId: idField,
  type: z.literal('public-key'),
  authenticatorAttachment: z.string().max(32).nullish(),
  clientExtensionResults: extensions,
}

/** What `navigator.credentials.create()` gives, as JSON (WebAuthn, 5.5); what of it is not used is not looked at. */
export const newCredentialSchema = z
  .strictObject({
    ...common,
    response: z.strictObject({
      clientDataJSON: base64url(8_192),
      attestationObject: base64url(32_768),
      transports: z.array(z.string().max(32)).max(16).optional(),
      publicKeyAlgorithm: z.int().optional(),
      publicKey: z.string().max(8_192).optional(),
      authenticatorData: z.string().max(16_384).optional(),
    }),
  })
  .meta({ id: 'NewPasskeyCredential' })

/** What `navigator.credentials.get()` gives, as JSON. */
export const assertionSchema = z
  .strictObject({
    ...common,
    response: z.strictObject({
      clientDataJSON: base64url(8_192),
      authenticatorData: base64url(16_384),
      signature: base64url(8_192),
      userHandle: base64url(128),
    }),
  })
  .meta({ id: 'PasskeyAssertion' })

export type NewCredential = z.infer<typeof newCredentialSchema>
export type Assertion = z.infer<typeof assertionSchema>

const descriptor = z.object({ id: z.string(), type: z.literal('public-key') })

export const creationOptionsSchema = z
  .object({
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    challenge: z.string(),
    pubKeyCredParams: z.array(z.object({ alg: z.int(), type: z.literal('public-key') })),
    timeout: z.int(),
    attestation: z.literal('none'),
    excludeCredentials: z.array(descriptor),
    authenticatorSelection: z.object({
      residentKey: z.literal('required'),
      requireResidentKey: z.literal(true),
      userVerification: z.literal('required'),
    }),
  })
  .meta({ id: 'PasskeyCreationOptions', description: 'For `navigator.credentials.create()`, as JSON.' })

export const requestOptionsSchema = z
  .object({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.int(),
    userVerification: z.literal('required'),
  })
  .meta({ id: 'PasskeyRequestOptions', description: 'For `navigator.credentials.get()`, as JSON.' })

export const passkeySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    backedUp: z.boolean().meta({ description: 'Whether its maker keeps a copy, for other devices of yours.' }),
    createdAt: z.iso.datetime(),
    lastUsedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Passkey' })

export type Passkey = z.infer<typeof passkeySchema>
