import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildTestApi, TEST_ORIGIN, type TestApi, type TestUser } from '../../../testing/test-api.ts'
import { pruneDeviceLogins } from './prune-device-logins.ts'

let api: TestApi
let operator: TestUser
beforeAll(async () => {
  api = await buildTestApi()
  operator = await api.setUp()
})
afterAll(() => api.stop())

const start = async (clientName = 'holdfast-cli', headers = {}) =>
  (await api.call('POST', '/api/v1/auth/device', { body: { clientName }, headers })).json()
const poll = (deviceCode: string, headers = {}) =>
  api.call('POST', '/api/v1/auth/device/token', { body: { deviceCode }, headers })
const decide = (what: 'approve' | 'deny' | 'request', userCode: string, as: Record<string, string>) =>
  api.call('POST', `/api/v1/auth/device/${what}`, { body: { userCode }, as })
const me = async (accessToken: string) =>
  (await api.call('GET', '/api/v1/auth/me', { as: { authorization: `Bearer ${accessToken}` } })).json()
/** As if the time since the last poll had gone by. */
const letPass = (seconds: number) =>
  sql`update device_logins set last_polled_at = last_polled_at - ${seconds} * interval '1 second'`.execute(
    api.db.kysely,
  )

describe('a program that asks', () => {
  it('gets two codes, and where the person types the short one in', async () => {
    const reply = await api.call('POST', '/api/v1/auth/device', { body: { clientName: 'holdfast-cli' } })
    expect(reply.json()).toEqual({
      deviceCode: expect.stringMatching(/^hfdc_[\w-]{43}$/),
      userCode: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verificationUri: `${TEST_ORIGIN}/device`,
      expiresIn: 600,
      interval: 5,
    })
    expect(reply.headers['cache-control']).toBe('no-store')
  })

  it('waits until the person approves, and then has the tokens of a session', async () => {
    const user = await api.addUser(operator)
    const { deviceCode, userCode } = await start()
    expect((await poll(deviceCode)).json()).toMatchObject({ status: 400, code: 'authorization_pending' })
    expect((await decide('approve', userCode, user.headers)).statusCode).toBe(204)
    await letPass(5)
    const reply = await poll(deviceCode, { 'user-agent': 'cli/1.0' })
    expect(reply.json()).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.stringMatching(/^hfrt_/),
      tokenType: 'Bearer',
      expiresIn: expect.any(Number),
    })
    const { accessToken, refreshToken } = reply.json()
    expect((await me(accessToken)).user.id).toBe(user.id)
    const renewed = await api.call('POST', '/api/v1/auth/refresh', { body: { refreshToken } })
    expect((await me(renewed.json().accessToken)).user.id).toBe(user.id)
  })

  it('stands in the list of sessions by its name, and can be ended there', async () => {
    const user = await api.addUser(operator)
    const { deviceCode, userCode } = await start('cli on a laptop')
    await decide('approve', userCode, user.headers)
    const { accessToken } = (await poll(deviceCode, { 'user-agent': 'cli/1.0' })).json()
    const { sessions } = (await api.call('GET', '/api/v1/auth/sessions', { as: user.headers })).json()
    const [listed] = sessions.filter((one: { current: boolean }) => !one.current)
    expect(listed).toMatchObject({ device: 'cli on a laptop (cli/1.0)', ipAddress: '127.0.0.1' })
    await api.call('DELETE', `/api/v1/auth/sessions/${listed.id}`, { as: user.headers })
    expect(await me(accessToken)).toMatchObject({ status: 401 })
  })

  it('is told when the person refuses, as often as it asks', async () => {
    const { deviceCode, userCode } = await start()
    expect((await decide('deny', userCode, operator.headers)).statusCode).toBe(204)
    for (let n = 0; n < 2; n++)
      expect((await poll(deviceCode)).json()).toMatchObject({ status: 400, code: 'access_denied' })
  })

  it('is told that it is over when the codes have expired', async () => {
    const { deviceCode, userCode } = await start()
    await api.db.kysely
      .updateTable('device_logins')
      .set({ expires_at: new Date(0) })
      .execute()
    expect((await poll(deviceCode)).json()).toMatchObject({ status: 400, code: 'expired_token' })
    expect((await decide('approve', userCode, operator.headers)).statusCode).toBe(404)
    expect(await pruneDeviceLogins(api.db.kysely, 100)).toBeGreaterThan(0)
    expect(await api.db.kysely.selectFrom('device_logins').select('id').execute()).toEqual([])
  })
})

describe('polling too fast', () => {
  it('makes the interval five seconds longer each time, for good', async () => {
    const { deviceCode } = await start()
    const codes: string[] = []
    for (const seconds of [0, 3, 5, 8.5, 8.5, 9, 14.5, 1, 19]) {
      await letPass(seconds)
      codes.push((await poll(deviceCode)).json().code)
    }
    const [wait, slow] = ['authorization_pending', 'slow_down']
    //                    first  3<4   5<9   8.5<14 8.5<19 9<24  14.5<29 1<34  19<39
    expect(codes).toEqual([wait, slow, slow, slow, slow, slow, slow, slow, slow])
    await letPass(44)
    expect((await poll(deviceCode)).json().code).toBe(wait)
  })

  it('bears what the network shortens an interval by, and never waits for longer than a minute', async () => {
    const { deviceCode } = await start()
    const codes = new Set<string>()
    for (let n = 0; n < 5; n++) {
      codes.add((await poll(deviceCode)).json().code)
      await letPass(4.1)
    }
    expect([...codes]).toEqual(['authorization_pending'])
    for (let n = 0; n < 15; n++) await poll(deviceCode)
    await letPass(59.5)
    expect((await poll(deviceCode)).json().code).toBe('authorization_pending')
  })

  it('does not keep the tokens from who was let in', async () => {
    const user = await api.addUser(operator)
    const { deviceCode, userCode } = await start()
    await poll(deviceCode)
    await decide('approve', userCode, user.headers)
    expect((await poll(deviceCode)).statusCode).toBe(200)
  })
})

describe('the person', () => {
  it('sees which program asks, and from where', async () => {
    const { userCode } = await start('cli of somebody', { 'user-agent': 'cli/1.0' })
    const typed = userCode.toLowerCase().replace('-', ' ')
    const reply = await decide('request', typed, operator.headers)
    expect(reply.json()).toEqual({
      clientName: 'cli of somebody',
      ipAddress: '127.0.0.1',
      sameAddress: true,
      userAgent: 'cli/1.0',
      createdAt: expect.stringMatching(/^20/),
      expiresAt: expect.stringMatching(/^20/),
    })
    // Looking decides nothing.
    expect((await decide('request', typed, operator.headers)).statusCode).toBe(200)
    expect((await decide('approve', typed, operator.headers)).statusCode).toBe(204)
    expect((await decide('request', typed, operator.headers)).statusCode).toBe(404)
  })

  it('stands in the audit log with what they decided', async () => {
    const user = await api.addUser(operator)
    const [yes, no] = [await start(), await start()]
    for (const { deviceCode } of [yes, no, yes, no]) await poll(deviceCode)
    await decide('approve', yes.userCode, user.headers)
    await decide('deny', no.userCode, user.headers)
    await poll(yes.deviceCode)
    const actions = await sql<{ action: string }>`
      select action from audit_log l join audit_actors a on a.pseudonym = l.actor
      where a.user_id = ${user.id} order by l.created_at desc, l.id desc limit 3
    `.execute(api.db.kysely)
    expect(actions.rows.map(({ action }) => action)).toEqual([
      'session.created',
      'device-login.denied',
      'device-login.approved',
    ])
  })
})
