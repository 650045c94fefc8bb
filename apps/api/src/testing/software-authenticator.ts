import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isoCBOR } from '@simplewebauthn/server/helpers'

type Cbor = Parameters<typeof isoCBOR.encode>[0]

/** What a hostile browser or device says otherwise. */
export type Twist = Partial<{
  origin: string
  rpId: string
  type: string
  challenge: string
  crossOrigin: boolean
  topOrigin: string
  /** UP 0x01, UV 0x04, BE 0x08, BS 0x10. */
  flags: number
  counter: number
  userHandle: string
  id: Buffer
  key: KeyObject
  fmt: string
  attStmt: Map<string, Cbor>
}>

const UP_UV = 0x05
const AT = 0x40
const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

const point = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value, 'base64url'))

/** COSE_Key of an ES256 key (RFC 9053, 7.1.1). */
const coseOf = (publicKey: KeyObject): Uint8Array => {
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  return isoCBOR.encode(
    new Map<number, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, point(x)],
      [-3, point(y)],
    ]),
  )
}

/** An authenticator with one passkey, as a browser shows it to a page (WebAuthn, 6): it signs whatever it is told to. */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32)
  readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #origin: string
  counter = 0
  userHandle = ''

  constructor(origin: string) {
    this.#origin = origin
  }

  /** `navigator.credentials.create()` */
  create({ challenge, user }: { challenge: string; user: { id: string } }, twist: Twist = {}) {
    this.userHandle = user.id
    const { id = this.id, fmt = 'none', attStmt = new Map<string, Cbor>() } = twist
    const length = Buffer.alloc(2)
    length.writeUInt16BE(id.length)
    const attested = Buffer.concat([Buffer.alloc(16), length, id, coseOf(this.keys.publicKey)])
    const authData = Uint8Array.from(Buffer.concat([this.#authData(AT, twist), attested]))
    const attestation = new Map<string, Cbor>([
      ['fmt', fmt],
      ['attStmt', attStmt],
      ['authData', authData],
    ])
    const clientDataJSON = b64(this.#clientData('webauthn.create', challenge, twist))
    const response = { clientDataJSON, attestationObject: b64(isoCBOR.encode(attestation)) }
    return { id: b64(id), rawId: b64(id), type: 'public-key', clientExtensionResults: {}, response }
  }

  /** `navigator.credentials.get()` */
  get({ challenge }: { challenge: string }, twist: Twist = {}) {
    this.counter += 1
    const { id = this.id, key = this.keys.privateKey, userHandle = this.userHandle } = twist
    const authData = this.#authData(0, twist)
    const clientData = this.#clientData('webauthn.get', challenge, twist)
    const signature = sign('sha256', Buffer.concat([authData, sha256(clientData)]), key)
    const response = {
      clientDataJSON: b64(clientData),
      authenticatorData: b64(authData),
      signature: b64(signature),
      userHandle,
    }
    return { id: b64(id), rawId: b64(id), type: 'public-key', clientExtensionResults: {}, response }
  }

  #authData(more: number, { rpId, flags = UP_UV, counter = this.counter }: Twist): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(counter)
    return Buffer.concat([sha256(rpId ?? new URL(this.#origin).hostname), Buffer.of(flags | more), count])
  }

  #clientData(type: string, challenge: string, twist: Twist): Buffer {
    const { origin = this.#origin, crossOrigin = false, topOrigin } = twist
    const said = { type: twist.type ?? type, challenge: twist.challenge ?? challenge, origin, crossOrigin, topOrigin }
    return Buffer.from(JSON.stringify(said))
  }
}
