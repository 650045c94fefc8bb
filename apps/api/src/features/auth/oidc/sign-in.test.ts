import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { buildSecondApi, buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { CLIENT, type Somebody, startTestProvider, type TestProvider } from '../../../testing/test-openid-provider.ts'
import { addSecondFactor, codeOf } from '../../../testing/test-second-factor.ts'
import { Mailbox } from '../mailbox.ts'
import type { OidcOptions } from './create-oidc.ts'
import { findAccount } from './find-account.ts'

let provider: TestProvider
let api: TestApi
let operator: TestUser
const policy = { domains: [], claims: [], linkByEmail: false, trustSecondFactor: false }
const registration = { mode: 'open', perAddress: 1_000, perDomain: 1_000 } as const
const optionsOf = (more: Partial<OidcOptions['policy']> = {}): OidcOptions => ({
  ...CLIENT,
  issuer: provider.issuer,
  label: 'Single sign-on',
  policy: { ...policy, ...more },
})

beforeAll(async () => {
  provider = await startTestProvider()
  api = await buildTestApi({ mailConfigured: true, registration, oidc: optionsOf() })
  operator = await api.setUp()
})
afterAll(async () => {
  await api.stop()
  await provider.stop()
})

const BROWSER = { origin: TEST_ORIGIN, 'sec-fetch-site': 'same-origin' }
const cookiesOf = (reply: { headers: Record<string, unknown> }): string[] =>
  [reply.headers['set-cookie'] ?? []].flat().map((set) => String(set).split(';')[0] ?? '')
const sessionOf = (reply: { headers: Record<string, unknown> }): string | undefined =>
  cookiesOf(reply).find((pair) => pair.startsWith('holdfast.session_token='))

const begin = async (on = api) => {
  const reply = await on.call('POST', '/api/auth/oidc/start', { body: {}, headers: BROWSER })
  if (reply.statusCode !== 200) throw new Error(reply.body)
  return { url: reply.json().url as string, cookie: cookiesOf(reply)[0] ?? '' }
}
const comeBack = ({ search }: URL, cookie: string, on = api) =>
  on.call('GET', `/api/auth/oidc/callback${search}`, { headers: { cookie } })
/** The whole way. */
const signIn = async (who: Somebody, on = api) => {
  const { url, cookie } = await begin(on)
  return comeBack(await provider.signIn(url, who), cookie, on)
}
const me = async (cookie: string | undefined) =>
  (await api.call('GET', '/api/v1/auth/me', { as: { cookie: cookie ?? '' } })).json()
const somebody = (more: Partial<Somebody> = {}): Somebody => {
  const sub = randomUUID()
  return { sub, email: `${sub}@example.org`, email_verified: true, name: 'Ada', ...more }
}
/** An account without a password, as far as these tests go. */
const addAccount = async (verified: boolean): Promise<{ id: string; email: string }> => {
  const id = randomUUID()
  const email = `${id}@example.org`
  await api.db.kysely.insertInto('users').values({ id, email, name: 'X', email_verified: verified }).execute()
  const account = { id: randomUUID(), user_id: id, account_id: id, provider_id: 'credential', password: 'x' }
  await api.db.kysely.insertInto('accounts').values(account).execute()
  return { id, email }
}
const refusalOf = (reply: { headers: Record<string, unknown>; statusCode: number }) => {
  expect(reply.statusCode).toBe(303)
  expect(sessionOf(reply)).toBeUndefined()
  return String(reply.headers.location).replace(`${TEST_ORIGIN}/sso#error=`, '')
}
const accountsOf = async (email: unknown) =>
  (
    await api.db.kysely
      .selectFrom('users as u')
      .innerJoin('accounts as a', 'a.user_id', 'u.id')
      .where('u.email', '=', String(email))
      .select('a.provider_id')
      .execute()
  ).map(({ provider_id }) => provider_id)

describe('somebody whom the provider confirms', () => {
  it('is signed in by a cookie, with an account and an organization where registration is open', async () => {
    const who = somebody()
    const reply = await signIn(who)
    expect([reply.statusCode, reply.headers.location]).toEqual([303, `${TEST_ORIGIN}/`])
    const { user, organizations } = await me(sessionOf(reply))
    expect(user).toMatchObject({ email: who['email'], name: 'Ada', platformRole: 'user' })
    expect(organizations).toHaveLength(1)
    expect(await accountsOf(who['email'])).toEqual([`oidc ${provider.issuer}/`])
    const { rows } = await api.db.pool.query(
      'select access_token, refresh_token, id_token from accounts where provider_id = $1',
      [`oidc ${provider.issuer}/`],
    )
    expect(rows[0]).toEqual({ access_token: null, refresh_token: null, id_token: null })
    const set = [reply.headers['set-cookie'] ?? []].flat().map(String)
    expect(set.find((one) => one.startsWith('holdfast.oidc='))).toMatch(/=; Max-Age=0/)
    expect(set.find((one) => one.startsWith('holdfast.session_token='))).toMatch(/HttpOnly; SameSite=Lax/)
  })

  it('comes back to the same account by the subject, whatever the address is by then, with a session of its own each time', async () => {
    const who = somebody()
    const first = await signIn(who)
    const moved = await signIn({ ...who, email: 'somewhere.else@example.org', email_verified: false })
    expect((await me(sessionOf(moved))).user.id).toBe((await me(sessionOf(first))).user.id)
    expect(sessionOf(moved)).not.toBe(sessionOf(first))
    expect((await me(sessionOf(moved))).user.email).toBe(who['email'])
  })

  it('never gets the session that was in the browser before', async () => {
    const planted = sessionOf(await signIn(somebody()))
    const { url, cookie } = await begin()
    const back = await provider.signIn(url, somebody())
    const reply = await comeBack(back, `${cookie}; ${planted}`)
    expect(sessionOf(reply)).not.toBe(planted)
    expect((await me(sessionOf(reply))).user.id).not.toBe((await me(planted)).user.id)
  })

  it('is found by the userinfo endpoint when the ID token names no address', async () => {
    const terse = await startTestProvider({ conformIdTokenClaims: true })
    const on = await buildSecondApi(api, { registration, oidc: { ...optionsOf(), issuer: terse.issuer } })
    const who = somebody()
    const { url, cookie } = await begin(on)
    const reply = await comeBack(await terse.signIn(url, who), cookie, on)
    expect((await me(sessionOf(reply))).user.email).toBe(who['email'])
    await on.stop()
    await terse.stop()
  })

  it('stands in the audit log and in the list of sessions', async () => {
    const cookie = sessionOf(await signIn(somebody()))
    const { user } = await me(cookie)
    const events = await api.db.kysely.selectFrom('events').where('actor_id', '=', user.id).select('kind').execute()
    expect(events.map(({ kind }) => kind).toSorted()).toEqual(['session.created', 'user.registered'])
    const { sessions } = (await api.call('GET', '/api/v1/auth/sessions', { as: { cookie: cookie ?? '' } })).json()
    expect(sessions).toMatchObject([{ current: true }])
  })

  it('is told by the page what the button says', async () => {
    expect((await api.call('GET', '/api/v1/setup')).json().singleSignOn).toBe('Single sign-on')
  })
})

describe('an address that the provider has not verified', () => {
  it.each([false, undefined, 'true', 1, null, [true]])('makes no account (email_verified: %j)', async (verified) => {
    const who = somebody({ email_verified: verified })
    expect(refusalOf(await signIn(who))).toBe('sso_email_unverified')
    expect(await accountsOf(who['email'])).toEqual([])
  })

  it.each(['not an address', '', 5, ['a@example.org'], undefined])('nor one that is none: %j', async (email) => {
    expect(refusalOf(await signIn(somebody({ email })))).toBe('sso_email_unverified')
  })
})

describe('an address that has an account here', () => {
  it('is not opened, unless the operator has said so', async () => {
    const user = await addAccount(true)
    expect(refusalOf(await signIn(somebody({ email: user.email })))).toBe('sso_account_exists')
    expect(refusalOf(await signIn(somebody({ email: user.email.toUpperCase() })))).toBe('sso_account_exists')
    expect(await accountsOf(user.email)).toEqual(['credential'])
  })

  it('is opened then, when both sides have verified it, and its owner gets a mail', async () => {
    const on = await buildSecondApi(api, { mailConfigured: true, oidc: optionsOf({ linkByEmail: true }) })
    const user = await addAccount(false)
    const who = somebody({ email: user.email })
    expect(refusalOf(await signIn({ ...who, email_verified: false }, on))).toBe('sso_email_unverified')
    // Who made an account for another's address would have its owner walk into it.
    expect(refusalOf(await signIn(who, on))).toBe('sso_account_exists')
    await api.db.kysely.updateTable('users').set({ email_verified: true }).where('id', '=', user.id).execute()
    const mails = async () => (await api.db.pool.query("select 1 from jobs.job where name = 'send-mail'")).rows.length
    const before = await mails()
    expect((await me(sessionOf(await signIn(who, on)))).user.id).toBe(user.id)
    expect(await mails()).toBe(before + 1)
    expect(await accountsOf(user.email)).toEqual(['credential', `oidc ${provider.issuer}/`])
    // Given to somebody else there: another subject with the same address is another person.
    expect(refusalOf(await signIn(somebody({ email: user.email }), on))).toBe('sso_account_exists')
    await on.stop()
  })

  it('is opened to one of two identities that come with it at the same moment', async () => {
    const { email } = await addAccount(true)
    const mailbox = new Mailbox({ masterKey: api.masterKey, publicUrl: TEST_ORIGIN })
    const deps = { issuer: provider.issuer, policy: { linkByEmail: true }, registration, mailbox }
    const comes = (subject: string, then: () => Promise<void> = async () => {}): Promise<string> =>
      api.db.unitOfWork
        .run(async (uow) => {
          await findAccount(uow, deps, { subject, email, name: null, secondFactor: false })
          await then()
        })
        .then(
          () => 'linked',
          (error: { code: string }) => error.code,
        )
    const [isLinked, commit] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const first = comes(randomUUID(), () => {
      isLinked.resolve()
      return commit.promise
    })
    await isLinked.promise
    const ended = new AbortController()
    const second = comes(randomUUID()).finally(() => ended.abort())
    await vi.waitFor(async () => {
      const { rows } = await api.db.pool.query(
        `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      )
      if (!ended.signal.aborted) expect(rows).toHaveLength(1)
    }, 5_000)
    commit.resolve()
    expect([await first, await second]).toEqual(['linked', 'sso_account_exists'])
    expect(await accountsOf(email)).toHaveLength(2)
  })

  it('is never that of an operator', async () => {
    const on = await buildSecondApi(api, { mailConfigured: true, oidc: optionsOf({ linkByEmail: true }) })
    await api.db.kysely.updateTable('users').set({ email_verified: true }).where('id', '=', operator.id).execute()
    expect(refusalOf(await signIn(somebody({ email: operator.email }), on))).toBe('sso_account_exists')
    await on.stop()
  })

  it('is not opened where its owner could not be told', async () => {
    const on = await buildSecondApi(api, { oidc: optionsOf({ linkByEmail: true }) })
    const { email } = await addAccount(true)
    expect(refusalOf(await signIn(somebody({ email }), on))).toBe('sso_account_exists')
    await on.stop()
  })
})

describe('the mode of registration', () => {
  const counts = { perAddress: 1_000, perDomain: 1_000 }

  it('closed makes no accounts, and lets those in that there are', async () => {
    const who = somebody()
    await signIn(who)
    const on = await buildSecondApi(api, { registration: { mode: 'closed', ...counts }, oidc: optionsOf() })
    expect(refusalOf(await signIn(somebody(), on))).toBe('registration_closed')
    expect(sessionOf(await signIn(who, on))).toBeDefined()
    await on.stop()
  })

  it('invite makes one for who is invited, without an organization of their own', async () => {
    const on = await buildSecondApi(api, { registration: { mode: 'invite', ...counts }, oidc: optionsOf() })
    const who = somebody()
    expect(refusalOf(await signIn(who, on))).toBe('registration_closed')
    const body = { email: who['email'], role: 'viewer' }
    await api.call('POST', '/api/v1/invitations', { body, as: operator.headers })
    const cookie = sessionOf(await signIn(who, on))
    expect(await me(cookie)).toMatchObject({ organizations: [], organizationId: null })
    await on.stop()
  })

  it('open bears so many a day from one address', async () => {
    await api.db.pool.query('delete from request_counts')
    const on = await buildSecondApi(api, { registration: { ...registration, perAddress: 1 }, oidc: optionsOf() })
    const who = somebody()
    expect(sessionOf(await signIn(who, on))).toBeDefined()
    expect(refusalOf(await signIn(somebody(), on))).toBe('rate_limited')
    expect(sessionOf(await signIn(who, on))).toBeDefined()
    await on.stop()
  })
})

describe('what the operator takes', () => {
  it('is domains of verified addresses, at every sign-in', async () => {
    const on = await buildSecondApi(api, { registration, oidc: optionsOf({ domains: ['example.org'] }) })
    const who = somebody()
    expect(sessionOf(await signIn(who, on))).toBeDefined()
    for (const email of ['a@example.com', 'a@sub.example.org', 'a@example.org.evil.example', 'a@notexample.org'])
      expect(refusalOf(await signIn({ ...who, email }, on))).toBe('sso_not_allowed')
    expect(refusalOf(await signIn({ ...who, email_verified: false }, on))).toBe('sso_not_allowed')
    await on.stop()
  })

  it('is claims, of the token or the userinfo endpoint', async () => {
    const claims = [{ name: 'groups', value: 'files' }]
    const on = await buildSecondApi(api, { registration, oidc: optionsOf({ claims }) })
    expect(sessionOf(await signIn(somebody({ groups: ['a', 'files'] }), on))).toBeDefined()
    expect(sessionOf(await signIn(somebody({ groups: 'files' }), on))).toBeDefined()
    for (const groups of [undefined, 'file', ['afiles'], { files: true }, 'files,x', [['files']]])
      expect(refusalOf(await signIn(somebody({ groups }), on))).toBe('sso_not_allowed')
    await on.stop()
  })
})

const withFactor = async (): Promise<{ who: Somebody; factor: { secret: string } }> => {
  const user = await api.addUser(operator)
  const factor = await addSecondFactor(api, user)
  const who = somebody({ email: user.email })
  const account = { id: randomUUID(), user_id: user.id, account_id: who.sub, provider_id: `oidc ${provider.issuer}/` }
  await api.db.kysely.insertInto('accounts').values(account).execute()
  return { who, factor }
}

describe('a second factor', () => {
  it('is asked for here, whatever the provider says that it has seen', async () => {
    const { who, factor } = await withFactor()
    const reply = await signIn({ ...who, amr: ['pwd', 'mfa'] })
    expect(sessionOf(reply)).toBeUndefined()
    const [page, mfaToken = ''] = String(reply.headers.location).split('#mfa=')
    expect(page).toBe(`${TEST_ORIGIN}/sso`)
    const body = { mfaToken, code: codeOf(factor) }
    const done = await api.call('POST', '/api/auth/sign-in/mfa', { body, headers: BROWSER })
    expect(done.statusCode).toBe(204)
    expect((await me(sessionOf(done))).user.email).toBe(who['email'])
  })

  it('is the provider’s where the operator says so, and the provider that it has asked for one', async () => {
    const on = await buildSecondApi(api, { oidc: optionsOf({ trustSecondFactor: true }) })
    const { who } = await withFactor()
    for (const amr of [undefined, ['pwd'], ['MFA'], ['mfa ']])
      expect(String((await signIn({ ...who, ...(amr === undefined ? {} : { amr }) }, on)).headers.location)).toContain(
        '#mfa=hfmfa_',
      )
    expect((await me(sessionOf(await signIn({ ...who, amr: ['pwd', 'otp', 'mfa'] }, on)))).user.email).toBe(
      who['email'],
    )
    await on.stop()
  })
})
