import { generateKeyPairSync } from 'node:crypto'
import type { isoCBOR } from '@simplewebauthn/server/helpers'
import { unlimited } from '@packages/runtime/rate-limiter'
import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { HoldfastError } from '@packages/shared/holdfast-error'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SoftwareAuthenticator, type Twist } from '../../../testing/software-authenticator.ts'
import { buildSecondApi, buildTestApi, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { addTestPasskey, passkeyChallenge } from '../../../testing/test-passkey.ts'
import { PASSKEY_CHALLENGE_SECONDS, PasskeyChallenges } from './passkey-challenges.ts'

const ORIGIN = 'https://files.example.org'
let api: TestApi
let second: TestApi
let operator: TestUser
let victim: TestUser
let attacker: TestUser
let device: SoftwareAuthenticator
beforeAll(async () => {
  api = await buildTestApi({ publicUrl: ORIGIN })
  second = await buildSecondApi(api, { publicUrl: ORIGIN })
  operator = await api.setUp()
  ;[victim, attacker] = [await api.addUser(operator), await api.addUser(operator)]
  ;({ device } = await addTestPasskey(api, victim, { origin: ORIGIN }))
})
afterAll(async () => {
  await second.stop()
  await api.stop()
})

const signIn = (credential: object, on = api) =>
  on.call('POST', '/api/v1/auth/passkeys/sign-in', { body: { credential } })
const REFUSED = { status: 401, code: 'invalid_passkey' }
const optionsFor = async ({ password, headers }: TestUser) =>
  (await api.call('POST', '/api/v1/auth/passkeys/options', { body: { password }, as: headers })).json()
const add = (user: TestUser, credential: object) =>
  api.call('POST', '/api/v1/auth/passkeys', { body: { name: 'x', credential }, as: user.headers })
const sessionsOf = async ({ id }: TestUser): Promise<number> =>
  (await api.db.kysely.selectFrom('sessions').where('user_id', '=', id).select('id').execute()).length

/** All of a refusal that is not of this one request. */
const told = async (credential: object) => {
  const { requestId: _, ...problem } = (await signIn(credential)).json()
  return problem
}

/** What a page, a browser or a device elsewhere gets signed. */
const TWISTS: [string, Twist][] = [
  ['a page of another origin', { origin: 'https://evil.example' }],
  ['a page of a host under ours, as the gateway has them', { origin: 'https://x.ipfs.files.example.org' }],
  ['our host on another port', { origin: 'https://files.example.org:8080' }],
  ['our host on plain HTTP', { origin: 'http://files.example.org' }],
  ['an opaque origin', { origin: 'null' }],
  ['a frame of another origin', { crossOrigin: true }],
  ['a frame that says who is above it', { crossOrigin: true, topOrigin: 'https://evil.example' }],
  ['a page with a top origin and no frame', { topOrigin: 'https://evil.example' }],
  ['a passkey for another host', { rpId: 'evil.example' }],
  ['a passkey for the host above ours', { rpId: 'example.org' }],
  ['a user who was not verified', { flags: 0x01 }],
  ['nobody who was there', { flags: 0x04 }],
  ['a challenge that was made up', { challenge: Buffer.alloc(54, 7).toString('base64url') }],
  ['an empty challenge', { challenge: '' }],
  ['a challenge that is cut short', { challenge: 'AAAA' }],
]

describe('signing in by a passkey', () => {
  it.each([
    ...TWISTS,
    ['what was signed to add a passkey', { type: 'webauthn.create' }] as [string, Twist],
    ['another key', { key: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey }] as [string, Twist],
  ])('is refused to %s', async (_what, twist) => {
    const before = await sessionsOf(victim)
    expect((await signIn(device.get(await passkeyChallenge(api), twist))).json()).toMatchObject(REFUSED)
    expect(await sessionsOf(victim)).toBe(before)
  })

  it('is refused for a challenge that was answered, in this process or another', async () => {
    const options = await passkeyChallenge(api)
    const credential = device.get(options)
    expect((await signIn(credential)).statusCode).toBe(200)
    expect((await signIn(credential)).json()).toMatchObject(REFUSED)
    expect((await signIn(device.get(options), second)).json()).toMatchObject(REFUSED)
  })

  it('is refused for a challenge that was answered by a device that counts nothing', async () => {
    const user = await api.addUser(operator)
    const { device: still } = await addTestPasskey(api, user, { origin: ORIGIN })
    const credential = still.get(await passkeyChallenge(api), { counter: 0 })
    expect((await signIn(credential)).statusCode).toBe(200)
    expect((await signIn(credential)).json()).toMatchObject(REFUSED)
    expect((await signIn(still.get(await passkeyChallenge(api), { counter: 0 }))).statusCode).toBe(200)
  })

  it('works for one of 20 that send one answer at once, in two processes', async () => {
    const user = await api.addUser(operator)
    const { device: still } = await addTestPasskey(api, user, { origin: ORIGIN })
    const credential = still.get(await passkeyChallenge(api), { counter: 0 })
    const before = await sessionsOf(user)
    const sent = Array.from({ length: 20 }, (_, n) => signIn(credential, n % 2 === 0 ? api : second))
    const replies = await Promise.all(sent)
    expect(replies.filter(({ statusCode }) => statusCode === 200)).toHaveLength(1)
    expect(replies.filter(({ statusCode }) => statusCode === 401)).toHaveLength(19)
    expect(await sessionsOf(user)).toBe(before + 1)
  })

  it('is refused when the counter stands still or goes back, as a copied device’s does', async () => {
    const { counter } = device
    expect((await signIn(device.get(await passkeyChallenge(api), { counter: counter + 10 }))).statusCode).toBe(200)
    for (const back of [counter + 10, counter + 9, 0])
      expect((await signIn(device.get(await passkeyChallenge(api), { counter: back }))).json()).toMatchObject(REFUSED)
    device.counter = counter + 10
    expect((await signIn(device.get(await passkeyChallenge(api)))).statusCode).toBe(200)
    const { rows } = await api.db.pool.query(
      `select count(*)::int as many from events where kind = 'passkey.refused' and actor_id = $1`,
      [victim.id],
    )
    expect(rows[0].many).toBeGreaterThan(3)
  })

  it('is refused for a challenge of a registration, and one of a second install', async () => {
    const { challenge } = await optionsFor(victim)
    expect((await signIn(device.get({ challenge }))).json()).toMatchObject(REFUSED)
    const elsewhere = new PasskeyChallenges({ derive: () => new Uint8Array(32) }).make('sign-in')
    const other = Buffer.from(elsewhere).toString('base64url')
    expect((await signIn(device.get({ challenge: other }))).json()).toMatchObject(REFUSED)
  })

  it('is refused to somebody else’s passkey in the name of the victim, and the other way', async () => {
    const { device: own } = await addTestPasskey(api, attacker, { origin: ORIGIN })
    const as = { userHandle: device.userHandle }
    expect((await signIn(own.get(await passkeyChallenge(api), as))).json()).toMatchObject(REFUSED)
    const id = { id: device.id }
    expect((await signIn(own.get(await passkeyChallenge(api), { ...id, ...as }))).json()).toMatchObject(REFUSED)
    expect((await signIn(own.get(await passkeyChallenge(api), id))).json()).toMatchObject(REFUSED)
    const mine = await signIn(own.get(await passkeyChallenge(api)))
    const me = { authorization: `Bearer ${mine.json().accessToken}` }
    expect((await api.call('GET', '/api/v1/auth/me', { as: me })).json().user.id).toBe(attacker.id)
  })

  it('says the same of a passkey that is not known and of one that signed wrongly', async () => {
    const unknown = new SoftwareAuthenticator(ORIGIN)
    unknown.userHandle = device.userHandle
    const wrong = device.get(await passkeyChallenge(api), { origin: 'https://evil.example' })
    expect(await told(unknown.get(await passkeyChallenge(api)))).toEqual(await told(wrong))
  })

  it('counts wrong ones with wrong passwords, and is refused while nobody can count', async () => {
    const all = { anonymous: unlimited, credential: unlimited, user: unlimited, address: unlimited }
    const account = createMemoryRateLimiter({ name: 'account', limit: 3, windowMs: 60_000 })
    const rateLimiters = { login: unlimited, account, ...all }
    const strict = await buildSecondApi(api, { publicUrl: ORIGIN, rateLimiters })
    const statuses = []
    for (let n = 0; n < 4; n++) {
      const wrong = device.get(await passkeyChallenge(api), { flags: 0x01 })
      statuses.push((await signIn(wrong, strict)).statusCode)
    }
    expect(statuses).toEqual([401, 401, 401, 429])
    expect((await signIn(device.get(await passkeyChallenge(api)), strict)).statusCode).toBe(429)
    await strict.stop()
    const lost = { consume: async () => Promise.reject(new HoldfastError('unavailable')) }
    const limiters = { login: lost, account: unlimited, ...all }
    const blind = await buildSecondApi(api, { publicUrl: ORIGIN, rateLimiters: limiters })
    const credential = device.get(await passkeyChallenge(api))
    expect((await signIn(credential, blind)).statusCode).toBe(503)
    await blind.stop()
    expect((await signIn(credential)).statusCode).toBe(200)
  })

  it('breaks at no bytes, whatever they are', async () => {
    const good = device.get(await passkeyChallenge(api))
    const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 }).map((some) => Buffer.from(some).toString('base64url'))
    const field = fc.constantFrom('clientDataJSON', 'authenticatorData', 'signature', 'userHandle')
    const attempt = fc.asyncProperty(field, bytes, async (name, value) => {
      const reply = await signIn({ ...good, response: { ...good.response, [name]: value } })
      expect(reply.json()).toMatchObject(REFUSED)
    })
    await fc.assert(attempt, { numRuns: 40, seed: 120 })
    for (const body of [{}, { ...good, userId: victim.id }, { ...good, id: 'ä' }, { ...good, id: 'A'.repeat(2_000) }])
      expect((await signIn(body)).statusCode).toBe(400)
  })
})

describe('adding a passkey', () => {
  let refused: Awaited<ReturnType<typeof optionsFor>> | undefined
  it.each(TWISTS)('is refused to %s', async (_what, twist) => {
    // What is refused uses no challenge up.
    refused ??= await optionsFor(attacker)
    const credential = new SoftwareAuthenticator(ORIGIN).create(refused, twist)
    expect((await add(attacker, credential)).json()).toMatchObject(REFUSED)
  })

  it('is refused for a challenge of another session, of a sign-in, or one that was used', async () => {
    const options = await optionsFor(victim)
    expect((await add(attacker, new SoftwareAuthenticator(ORIGIN).create(options))).json()).toMatchObject(REFUSED)
    const { challenge } = await passkeyChallenge(api)
    const anybody = { ...options, challenge }
    expect((await add(attacker, new SoftwareAuthenticator(ORIGIN).create(anybody))).json()).toMatchObject(REFUSED)
    const own = await optionsFor(attacker)
    const fresh = () => new SoftwareAuthenticator(ORIGIN).create(own)
    const replies = await Promise.all([1, 2, 3, 4].map(() => add(attacker, fresh())))
    expect(replies.map(({ statusCode }) => statusCode).toSorted()).toEqual([201, 401, 401, 401])
  })

  it('takes nobody’s passkey over: a credential that is known is refused', async () => {
    const credential = new SoftwareAuthenticator(ORIGIN).create(await optionsFor(attacker), { id: device.id })
    expect((await add(attacker, credential)).json()).toMatchObject({ code: 'already_exists' })
    expect((await signIn(device.get(await passkeyChallenge(api)))).statusCode).toBe(200)
  })

  it('looks at no attestation, which would have the server follow addresses in certificates', async () => {
    const x5c = [Uint8Array.from(Buffer.from('no certificate'))]
    const attStmt = new Map<string, Parameters<typeof isoCBOR.encode>[0]>([
      ['alg', -7],
      ['sig', new Uint8Array(70)],
      ['x5c', x5c],
    ])
    for (const fmt of ['packed', 'apple', 'android-key', 'fido-u2f', 'tpm', 'unheard-of']) {
      const credential = new SoftwareAuthenticator(ORIGIN).create(await optionsFor(attacker), { fmt, attStmt })
      expect([fmt, (await add(attacker, credential)).statusCode]).toEqual([fmt, 201])
    }
  })

  it('breaks at no bytes, whatever they are', async () => {
    const good = new SoftwareAuthenticator(ORIGIN).create(await optionsFor(attacker))
    const attempt = fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (some) => {
      const attestationObject = Buffer.from(some).toString('base64url')
      const reply = await add(attacker, { ...good, response: { ...good.response, attestationObject } })
      expect(reply.json()).toMatchObject(REFUSED)
    })
    await fc.assert(attempt, { numRuns: 40, seed: 121 })
  })
})

describe('a challenge', () => {
  const challenges = new PasskeyChallenges({ derive: () => new Uint8Array(32).fill(1) })
  const made = (now: number) => Buffer.from(challenges.make('sign-in', now)).toString('base64url')

  it('is ours until it expires, and for what it was made', () => {
    const challenge = made(1_000_000)
    const last = 1_000_000 + PASSKEY_CHALLENGE_SECONDS * 1000 - 1
    expect(challenges.isOurs(challenge, 'sign-in', last)).toBe(true)
    expect(challenges.isOurs(challenge, 'sign-in', last + 1)).toBe(false)
    expect(challenges.isOurs(challenge, 'session x', 1_000_000)).toBe(false)
  })

  it('is not ours with any bit changed', () => {
    const flip = fc.tuple(fc.nat(53), fc.nat(7))
    fc.assert(
      fc.property(flip, ([at, bit]) => {
        const bytes = Buffer.from(made(1_000_000), 'base64url')
        expect(bytes).toHaveLength(54)
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at)
        expect(challenges.isOurs(bytes.toString('base64url'), 'sign-in', 1_000_000)).toBe(false)
      }),
      { seed: 122 },
    )
  })
})
