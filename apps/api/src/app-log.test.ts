import { createLogger } from '@packages/runtime/logger'
import { expect, it, vi } from 'vitest'
import { buildTestApi } from './testing/test-api.ts'

// In tests better-auth checks no addresses, and so says nothing long.
vi.hoisted(() => {
  process.env.NODE_ENV = 'production'
  delete process.env.TEST
})

it("keeps better-auth's words about bad requests short, and no errors of ours", async () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const api = await buildTestApi({ logger: createLogger({ level: 'debug', format: 'json', destination }) })
  const callbackURL = `https://evil.example.org/${'a'.repeat(1_000)}`
  const body = { email: 'nobody@example.org', password: 'long enough', callbackURL }
  const headers = { origin: 'http://127.0.0.1:3000' }
  await api.call('POST', '/api/auth/sign-in/email', { body, headers })
  await api.stop()
  const said = lines.map((line) => JSON.parse(line)).filter(({ from }) => from === 'better-auth')
  expect(said).not.toEqual([])
  for (const { level, msg } of said) {
    expect(level).toBeLessThanOrEqual(30)
    expect(msg.length).toBeLessThanOrEqual(200)
  }
  expect(Math.max(...said.map(({ msg }) => msg.length))).toBe(200)
})
