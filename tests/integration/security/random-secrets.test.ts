import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { makeUserCode } from '@apps/api/features/auth/device-login/user-code'
import { makeRecoveryCode } from '@apps/api/features/auth/second-factor/recovery-codes'
import { makeTotpSecret, totpSecretText } from '@apps/api/features/auth/second-factor/totp'
import { makeApiKey } from '@apps/api/plugins/authenticate/api-key-format'
import { newIpnsSeed } from '@packages/content/ipns/ipns-key-pair'
import { makeLinkToken } from '@packages/db/file-links/link-token'
import { afterEach, describe, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.restoreAllMocks()
})

const ID = '0190d0c0-0000-7000-8000-000000000001'
const SUBJECT = { id: ID, organizationId: ID, contentId: ID }

const SECRETS: [string, () => string, number][] = [
  ['recovery codes', () => makeRecoveryCode().replaceAll('-', ''), 32],
  ['secrets of authenticator apps', () => totpSecretText(makeTotpSecret()), 32],
  ['codes that programs show', makeUserCode, 20],
  ['API keys', () => makeApiKey().key.slice(6, 38), 62],
  ['private keys of IPNS names', () => newIpnsSeed().toString('hex'), 16],
  ['tokens of links', () => makeLinkToken(SUBJECT).token.slice(-64), 16],
]

describe('what lets somebody in', () => {
  it.each(SECRETS)(
    'is drawn by the generator of the system, each character from its whole alphabet: %s',
    (_, make, letters) => {
      // A generator that can be guessed would give the same again and again now.
      vi.spyOn(Math, 'random').mockReturnValue(0.5)
      const made = Array.from({ length: 400 }, make)
      expect(new Set(made).size).toBe(made.length)
      const [first = ''] = made
      const counts = new Map<string, number>()
      for (const text of made) for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1)
      expect(counts.size).toBe(letters)
      const expected = (made.length * first.length) / letters
      // Eight standard deviations to either side.
      const far = 8 * Math.sqrt(expected)
      for (const [letter, count] of counts) expect(Math.abs(count - expected), letter).toBeLessThan(far)
      // At each place there is more than one, and no place follows another.
      for (let at = 0; at < first.length; at++)
        expect(new Set(made.map((text) => text[at])).size).toBeGreaterThan(letters / 2 - 1)
    },
  )

  it('is never drawn by Math.random, which says what comes next to who has seen some', () => {
    const root = fileURLToPath(new URL('../../../', import.meta.url))
    const reasons: Record<string, string> = {
      'apps/platform/src/choose-ports.ts': 'a port to try first',
      'packages/db/src/unit-of-work.ts': 'a pause before a transaction is tried again',
    }
    const found = globSync('{apps,packages,services}/*/src/**/*.ts', {
      cwd: root,
      exclude: (name) => name === 'node_modules',
    })
      .filter((path) => !/\.test\.ts$|\/test-[\w-]+\.ts$|\/testing\//.test(path))
      .filter((path) => /\bMath\s*\.\s*random\b|\bMath\[/.test(readFileSync(`${root}${path}`, 'utf8')))
    expect(found.toSorted()).toEqual(Object.keys(reasons).toSorted())
  })
})
