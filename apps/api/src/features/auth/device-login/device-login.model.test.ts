import { randomBytes, randomUUIDv7 } from 'node:crypto'
import { startTestDatabase, type TestDatabase } from '@packages/db/test-database'
import { MasterKey } from '@packages/runtime/master-key'
import { HoldfastError } from '@packages/shared/holdfast-error'
import * as fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../../authorization/actor.ts'
import { endSession, endSessions, startSession } from '../sessions.ts'
import { UserCodeHashes } from './code-hashes.ts'
import { decideDeviceLogin } from './decide-device-login.ts'
import { pollDeviceLogin } from './poll-device-login.ts'
import { startDeviceLogin } from './start-device-login.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await startTestDatabase()
})
afterAll(() => database.stop())

const CLIENT = { ipAddress: '192.0.2.1', userAgent: undefined }

/** Nobody has decided, somebody has, or it is over: used, expired, or gone with the session that decided. */
type Login = {
  deviceCode: string
  userCode: string
  is: 'waiting' | 'over' | { state: 'approved' | 'denied'; user: number; session: string }
}
type Model = { logins: Login[]; sessions: string[]; given: number[] }

const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (error instanceof HoldfastError) return error.code
      throw error
    },
  )

const waits = (code: string): string => (code === 'slow_down' ? 'authorization_pending' : code)

/** Everything that can happen, on the database, beside the same in a few words. */
const world = async () => {
  const { db } = database
  const users = [randomUUIDv7(), randomUUIDv7()]
  const signIn = async (user: number): Promise<string> =>
    (await db.unitOfWork.run((uow) => startSession(uow, users[user] ?? '', CLIENT))).result.sessionId
  for (const id of users)
    await db.kysely
      .insertInto('users')
      .values({ id, name: 'x', email: `${id}@example.org` })
      .execute()
  const issued: { userId: string; sessionId: string }[] = []
  const deps = {
    db,
    publicUrl: 'http://127.0.0.1:3000',
    userCodeHashes: new UserCodeHashes(new MasterKey(randomBytes(32))),
    requestCounts: { take: async () => ({ allowed: true, resetMs: 0 }) },
    accessTokens: {
      issue: async (about: { userId: string; sessionId: string }) => {
        issued.push(about)
        return { accessToken: 'x', expiresIn: 1 }
      },
    },
  }
  const model: Model = { logins: [], sessions: [await signIn(0), await signIn(1)], given: [0, 0] }
  const forget = (session: string): void => {
    for (const login of model.logins)
      if (typeof login.is === 'object' && login.is.session === session) login.is = 'over'
  }
  const ask = async (): Promise<void> => {
    const { deviceCode, userCode } = await startDeviceLogin(deps, { clientName: 'cli', client: CLIENT })
    model.logins.push({ deviceCode, userCode, is: 'waiting' })
  }
  const decide = async (login: Login, user: number, state: 'approved' | 'denied'): Promise<void> => {
    const session = model.sessions[user] ?? ''
    const actor = { kind: 'session', userId: users[user], sessionId: session } as Actor
    const { userCode } = login
    const told = await codeOf(decideDeviceLogin(deps, actor, { userCode, ipAddress: '192.0.2.1', state }))
    expect(told).toBe(login.is === 'waiting' ? 'done' : 'not_found')
    if (told === 'done') login.is = { state, user, session }
  }
  const poll = async (login: Login, atOnce: number): Promise<void> => {
    const { deviceCode } = login
    const before = issued.length
    const told = await Promise.all(
      Array.from({ length: atOnce }, () => codeOf(pollDeviceLogin(deps, { deviceCode, client: CLIENT }))),
    )
    if (typeof login.is === 'object' && login.is.state === 'approved') {
      const { user } = login.is
      expect(told.toSorted()).toEqual(['done', ...Array.from({ length: atOnce - 1 }, () => 'expired_token')])
      expect(issued.slice(before).map(({ userId }) => userId)).toEqual([users[user]])
      model.given[user] = (model.given[user] ?? 0) + 1
      login.is = 'over'
      return
    }
    const is = typeof login.is === 'object' ? login.is.state : login.is
    const wanted = { waiting: 'authorization_pending', denied: 'access_denied', approved: '', over: 'expired_token' }[
      is
    ]
    expect(new Set(told.map(waits))).toEqual(new Set([wanted]))
    expect(issued).toHaveLength(before)
  }
  const expire = async (login: Login): Promise<void> => {
    const hash = deps.userCodeHashes.of(login.userCode.replace('-', ''))
    await sql`update device_logins set expires_at = now() where user_code_hash = ${hash}`.execute(db.kysely)
    login.is = 'over'
  }
  const signOut = async (user: number): Promise<void> => {
    const sessionId = model.sessions[user] ?? ''
    await db.unitOfWork.run((uow) => endSession(uow, { sessionId, userId: users[user] ?? '' }, 'signed-out'))
    forget(sessionId)
    model.sessions[user] = await signIn(user)
  }
  const resetPassword = async (user: number): Promise<void> => {
    const { result } = await db.unitOfWork.run((uow) => endSessions(uow, users[user] ?? '', 'password-reset'))
    // With those that device logins were given.
    expect(result).toHaveLength(1 + (model.given[user] ?? 0))
    model.given[user] = 0
    result.forEach(forget)
    model.sessions[user] = await signIn(user)
  }
  return { model, ask, decide, poll, expire, signOut, resetPassword }
}

const step = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ do: 'ask' } as const) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('approved', 'denied'),
      login: fc.nat(3),
      user: fc.nat(1),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('poll' as const),
      login: fc.nat(3),
      atOnce: fc.integer({ min: 1, max: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('expire' as const), login: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('signOut', 'resetPassword'), user: fc.nat(1) }) },
)

test('whatever happens, tokens are given once, to who was let in by a session that goes on, and for nobody else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
      const { model, ...act } = await world()
      await act.ask()
      for (const one of steps) {
        const login = 'login' in one ? model.logins[one.login % model.logins.length] : undefined
        if (one.do === 'ask') await act.ask()
        else if (one.do === 'signOut' || one.do === 'resetPassword') await act[one.do](one.user)
        else if (login === undefined) continue
        else if (one.do === 'poll') await act.poll(login, one.atOnce)
        else if (one.do === 'expire') await act.expire(login)
        else await act.decide(login, one.user, one.do)
      }
    }),
    { numRuns: 15, seed: 98 },
  )
}, 60_000)
