import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Who may seal by a key of the hierarchy: columns by the one module, what wraps keys, and mails in jobs. */
const SEALERS = [
  'packages/db/src/keys/master-keys.ts',
  'packages/db/src/keys/rewrap-tenant-keys.ts',
  'packages/db/src/keys/root-keys.ts',
  'packages/db/src/sealed-columns.ts',
  'packages/runtime/src/sealed-mail.ts',
]

/** `masterKey.seal(…)`, `this.#key.open(…)`, `target.key.seal(…)`, …: not `seal.seal(…)`, which is a `TenantSeal`. */
const USE = /\b(\w*[kK]ey|master|tenant)\.(seal|open)\(/

it('no column is sealed by hand', () => {
  const sources = globSync('{apps,packages,services}/*/src/**/*.ts', { cwd: root })
  expect(sources.length).toBeGreaterThan(300)
  const sealers = sources.filter(
    (name) => !/\.test\.ts$|\/test/.test(name) && USE.test(readFileSync(`${root}${name}`, 'utf8')),
  )
  expect(sealers.toSorted()).toEqual(SEALERS)
})
