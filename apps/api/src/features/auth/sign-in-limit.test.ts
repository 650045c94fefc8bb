import { createMemoryRateLimiter } from '@packages/runtime/memory-rate-limiter'
import { unlimited } from '@packages/runtime/rate-limiter'
import { beforeEach, expect, it } from 'vitest'
import { SignInLimit } from './sign-in-limit.ts'

const limiter = (name: string, limit: number) => createMemoryRateLimiter({ name, limit, windowMs: 60_000 })

let limit: SignInLimit
beforeEach(() => {
  const others = { anonymous: unlimited, credential: unlimited, user: unlimited, address: unlimited }
  limit = new SignInLimit({ login: limiter('login', 2), account: limiter('account', 6), ...others })
})

const signIn = async (wrong: boolean, ipAddress: string, email = 'ada@example.org'): Promise<string> => {
  try {
    const answer = await limit.guard({ email, ipAddress }, async () => ({ wrong }))
    return answer.wrong ? 'wrong' : 'right'
  } catch (error) {
    return (error as { code: string }).code
  }
}

it('stops wrong guesses from one address, and keeps nobody else out', async () => {
  for (let turn = 0; turn < 2; turn++) expect(await signIn(true, '192.0.2.1')).toBe('wrong')
  expect(await signIn(false, '192.0.2.1')).toBe('rate_limited')
  expect(await signIn(false, '192.0.2.2')).toBe('right')
  expect(await signIn(true, '192.0.2.1', 'bob@example.org')).toBe('wrong')
})

it('does not count what is right, nor what fails', async () => {
  for (let turn = 0; turn < 20; turn++) expect(await signIn(false, '192.0.2.1')).toBe('right')
  const who = { email: 'ada@example.org', ipAddress: '192.0.2.1' }
  for (let turn = 0; turn < 20; turn++)
    await expect(limit.guard(who, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await signIn(true, '192.0.2.1')).toBe('wrong')
})

it('stops guesses from many addresses', async () => {
  for (let at = 0; at < 6; at++) expect(await signIn(true, `192.0.2.${at}`)).toBe('wrong')
  expect(await signIn(true, '192.0.2.100')).toBe('rate_limited')
})

it('counts the addresses of one IPv6 network as one', async () => {
  for (const end of [1, 2]) expect(await signIn(true, `2001:db8::${end}`)).toBe('wrong')
  expect(await signIn(true, '2001:db8::3')).toBe('rate_limited')
})

it('lets no more through at the same time', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, () => signIn(true, '192.0.2.1')))
  expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(2)
})
