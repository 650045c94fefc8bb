import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { callJson, uploadFile } from '@packages/testkit/http-client'
import { spawnPlatform } from '@packages/testkit/spawn-platform'

/**
 * Other people's clients against a platform of its own: Helia's, and the official suite of the Pinning Service API with the specification of this
 * checkout. The suite ends well whatever it finds, so what it counted decides: nine checks, none failed.
 * Needs `npm ci` in `suite` and `helia` before.
 */
const SUITE = fileURLToPath(new URL('./suite/node_modules/@ipfs-shipyard/pinning-service-compliance/', import.meta.url))
const SPECIFICATION = fileURLToPath(new URL('../../docs/api/ipfs-pinning-service.yaml', import.meta.url))
const OLDER_UTIL = fileURLToPath(new URL('./suite/older-util.cjs', import.meta.url))
const HELIA = fileURLToPath(new URL('./helia/', import.meta.url))
const CHECKS = 9
const NOBODY_HAS = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'

/** It would load the specification from its repository: this one place is made to name the local file. */
const pointAtLocalFile = async (): Promise<void> => {
  const file = `${SUITE}dist/src/utils/constants.js`
  const text = await readFile(file, 'utf8')
  const places = /^const specLocation = .*;$/gm
  if (text.match(places)?.length !== 1) throw new Error(`${file} names the specification elsewhere than it did`)
  await writeFile(file, text.replace(places, `const specLocation = ${JSON.stringify(SPECIFICATION)};`))
}

type Counted = { total: number; passed: number; failed: number }

const runSuite = async (endpoint: string, key: string): Promise<Counted> => {
  // It writes its result into a folder that it does not bring along.
  const results = `${SUITE}dist/docs/${new URL(endpoint).hostname}.json`
  await mkdir(`${SUITE}dist/docs`, { recursive: true })
  await rm(results, { force: true })
  const args = ['--no-deprecation', '--require', OLDER_UTIL, 'dist/src/index.js', '-s', endpoint, key]
  await succeeds(args, SUITE)
  return JSON.parse(await readFile(results, 'utf8')) as Counted
}

const succeeds = async (args: readonly string[], cwd: string): Promise<void> => {
  const child = spawn(process.execPath, args, { cwd, stdio: 'inherit' })
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`node ${args.find((word) => /\.m?js$/.test(word))} ended with ${code}`)
}

await pointAtLocalFile()
const admin = { email: 'admin@example.org', password: 'a password for tests' }
// Clients are told an address at which somebody listens, or nothing.
const environment = { ADMIN_EMAIL: admin.email, ADMIN_PASSWORD: admin.password, SWARM_PORT: '0' }
await using platform = await spawnPlatform({ environment })
const api = `${platform.apiUrl}/api/v1`
const endpoint = `${platform.apiUrl}/psa`
const { accessToken: token } = await callJson<{ accessToken: string }>(`${api}/auth/login`, { body: admin })
const { key } = await callJson<{ key: string }>(`${api}/api-keys`, { token, body: { name: 'compliance' } })

/** Held by another organization, so that lists of the clients' own are empty at first. */
const heldElsewhere = async (): Promise<string> => {
  const other = { email: 'other@example.org', password: admin.password }
  await callJson(`${api}/users`, { token, body: { ...other, name: 'Other' } })
  const { accessToken } = await callJson<{ accessToken: string }>(`${api}/auth/login`, { body: other })
  return (await uploadFile(platform.apiUrl, accessToken, 'what Helia asks us to pin')).file.cid
}

await succeeds(['client.mjs', endpoint, key, await heldElsewhere(), NOBODY_HAS], HELIA)
const counted = await runSuite(endpoint, key)
console.log(`${counted.passed} of ${counted.total} checks of the suite passed`)
if (counted.total !== CHECKS || counted.passed !== CHECKS || counted.failed !== 0) process.exitCode = 1
