import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { decodeAttestationObject, decodeClientDataJSON, isoCBOR } from '@simplewebauthn/server/helpers'
import type { RelyingParty } from './relying-party.ts'
import type { Assertion, NewCredential } from './schemas.ts'

/** EdDSA, ES256, RS256 (RFC 9053): what authenticators have. */
export const ALGORITHMS = [-8, -7, -257]

type Expected = { party: RelyingParty; isChallenge: (challenge: string) => boolean }

export type NewKey = { credentialId: Buffer; publicKey: Buffer; counter: number; backedUp: boolean; challenge: string }

/**
 * Who made the authenticator is not asked, and what one says of it unasked is taken away unread: to verify it, the library would follow
 * addresses that stand in certificates of the caller's.
 */
const withoutAttestation = (attestationObject: string): string => {
  const authData = decodeAttestationObject(Uint8Array.from(Buffer.from(attestationObject, 'base64url'))).get('authData')
  const none = new Map<string, Parameters<typeof isoCBOR.encode>[0]>([
    ['fmt', 'none'],
    ['attStmt', new Map()],
    ['authData', authData],
  ])
  return Buffer.from(isoCBOR.encode(none)).toString('base64url')
}

/** The challenge, unless the page was in a frame of another origin's. */
const challengeOf = (clientDataJSON: string): string => {
  const { challenge, crossOrigin, topOrigin } = decodeClientDataJSON(clientDataJSON)
  if (crossOrigin === true || topOrigin !== undefined) throw new Error('a frame of another origin')
  return challenge
}

const common = ({ party, isChallenge }: Expected) => ({
  expectedChallenge: isChallenge,
  expectedOrigin: party.origin,
  expectedRPID: party.id,
  requireUserVerification: true,
})

/** What does not hold is told by `undefined`, whatever the library threw over hostile bytes. */
const orUndefined = <T>(verify: () => Promise<T | undefined>): Promise<T | undefined> => verify().catch(() => undefined)

/** The key of a new passkey (WebAuthn, 7.1), which verified its user. */
export const verifyNewCredential = (credential: NewCredential, expected: Expected): Promise<NewKey | undefined> =>
  orUndefined(async () => {
    const { id, rawId, type, response } = credential
    const challenge = challengeOf(response.clientDataJSON)
    const attestationObject = withoutAttestation(response.attestationObject)
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type,
        response: { clientDataJSON: response.clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      supportedAlgorithmIDs: ALGORITHMS,
      ...common(expected),
    })
    if (!verified || registrationInfo.credential.id !== id) return undefined
    const { credential: key, credentialBackedUp: backedUp } = registrationInfo
    const credentialId = Buffer.from(key.id, 'base64url')
    return { credentialId, publicKey: Buffer.from(key.publicKey), counter: key.counter, backedUp, challenge }
  })

export type KnownKey = { public_key: Buffer; counter: number }

/** What a passkey signed (WebAuthn, 7.2): by this key, for this origin and challenge, with its user verified and a counter that went up. */
export const verifyAssertion = (
  assertion: Assertion,
  key: KnownKey,
  expected: Expected,
): Promise<{ counter: number; backedUp: boolean; challenge: string } | undefined> =>
  orUndefined(async () => {
    const { id, rawId, type, response } = assertion
    const challenge = challengeOf(response.clientDataJSON)
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { id, rawId, type, response, clientExtensionResults: {} },
      credential: { id, publicKey: Uint8Array.from(key.public_key), counter: key.counter },
      ...common(expected),
    })
    if (!verified) return undefined
    return { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp, challenge }
  })
