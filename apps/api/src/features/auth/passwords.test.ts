import { hashPassword, verifyPassword } from 'better-auth/crypto'
import { describe, expect, it } from 'vitest'
import { Passwords } from './passwords.ts'

/** The real scrypt, counted. */
const counted = () => {
  const seen = { running: 0, most: 0, done: 0 }
  const count = async <T>(work: Promise<T>): Promise<T> => {
    seen.most = Math.max(seen.most, ++seen.running)
    return work.finally(() => {
      seen.running--
      seen.done++
    })
  }
  const passwords = new Passwords({
    hash: (password) => count(hashPassword(password)),
    verify: (given) => count(verifyPassword(given)),
  })
  return { passwords, seen }
}

describe('passwords', () => {
  it('are right or wrong, and wrong without an account', async () => {
    const passwords = new Passwords()
    const hash = await passwords.hash('a password')
    expect(await passwords.isRight(hash, 'a password')).toBe(true)
    expect(await passwords.isRight(hash, 'another')).toBe(false)
    expect(await passwords.isRight(undefined, 'nobody has this password')).toBe(false)
  })

  it('are checked one at a time; of a hundred at once 17 are checked and the others refused', async () => {
    const { passwords, seen } = counted()
    const hash = await passwords.hash('a password')
    const answers = await Promise.allSettled(
      Array.from({ length: 100 }, (_, at) => passwords.isRight(at % 2 === 0 ? hash : undefined, 'a password')),
    )
    expect(seen.most).toBe(1)
    expect(answers.filter((answer) => answer.status === 'fulfilled')).toHaveLength(17)
    for (const answer of answers)
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ code: 'unavailable', status: 503, headers: { 'retry-after': '1' } })
    expect(await passwords.isRight(hash, 'a password')).toBe(true)
  })

  it('let the next one go on after a failure', async () => {
    const { passwords } = counted()
    const answers = await Promise.allSettled([passwords.isRight('no hash', 'x'), passwords.hash('a password')])
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect(await passwords.hash('a password')).toContain(':')
  })
})
