import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Account, Session, setUp } from '../acceptance/session.ts'
import { freePort } from '@packages/testkit/free-port'
import { launchBrowser } from './browser.ts'

let platform: SpawnedPlatform
let browser: Browser
let context: BrowserContext
let account: Account
let session: Session
let home: string
let gatewayPort: number

beforeAll(async () => {
  const port = await freePort()
  gatewayPort = await freePort()
  home = `http://localhost:${port}`
  const environment = { API_PORT: `${port}`, GATEWAY_PORT: `${gatewayPort}`, PUBLIC_URL: home }
  ;[platform, browser] = await Promise.all([spawnPlatform({ environment }), launchBrowser()])
  account = await setUp(platform)
  session = new Session(platform, account.key)
  context = await browser.newContext()
})
afterAll(async () => {
  await browser?.close()
  await platform?.[Symbol.asyncDispose]()
})

/** A page that tries what it should not be able to, and tells in its title how that went. */
const attack = (victim: string): string => `<!doctype html><title>…</title><body><script type="module">
const out = {}
const attempt = async (name, work) => {
  try { out[name] = String(await work()) } catch { out[name] = 'refused' }
}
const framed = (address) => new Promise((done) => {
  const frame = document.createElement('iframe')
  frame.onload = () => done(frame.contentWindow)
  frame.src = address
  document.body.append(frame)
  setTimeout(() => done(frame.contentWindow), 5000)
})
await attempt('origin', () => self.origin)
await attempt('cookie', () => document.cookie || 'none')
await attempt('storage', () => localStorage.getItem('kept') ?? 'none')
await attempt('read', async () => (await fetch('${home}/api/v1/files', { credentials: 'include' })).status)
await attempt('act', async () => (await fetch('${home}/api/v1/api-keys', {
  method: 'POST', credentials: 'include', headers: { 'content-type': 'application/json' }, body: '{"name":"stolen"}',
})).status)
await attempt('form', async () => (await fetch('${home}/api/v1/api-keys', {
  method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"name":"stolen"}',
})).type)
await attempt('dashboard', async () => (await framed('${home}/')).document.title)
await attempt('neighbour', async () => (await framed('${victim}')).localStorage.getItem('kept'))
document.title = JSON.stringify(out)
</script>`

const outcome = async (page: Page): Promise<Record<string, string>> => {
  await page.waitForFunction('document.title.startsWith("{")')
  return JSON.parse(await page.title()) as Record<string, string>
}

const ownHost = (cid: string): string => `http://${cid}.ipfs.localhost:${gatewayPort}`

test('hostile pages, on a path and on their own host, reach neither the dashboard nor another root', async () => {
  const dashboard = await context.newPage()
  await dashboard.goto(home)
  await dashboard.getByLabel('E-mail address').fill(account.email)
  await dashboard.getByLabel('Password').fill(account.password)
  await dashboard.getByRole('button', { name: 'Sign in', exact: true }).click()
  await dashboard.getByText('No files yet').waitFor()
  await dashboard.evaluate('localStorage.setItem("kept", "of the dashboard")')
  expect((await context.cookies(home)).length).toBeGreaterThan(0)

  const { cid: neighbour } = (await session.upload('<!doctype html><title>neighbour</title>', { name: 'n.html' })).file
  const victim = `${ownHost(neighbour)}/`
  const other = await context.newPage()
  await other.goto(victim)
  // A host of its own has a storage of its own.
  await other.evaluate('localStorage.setItem("kept", "of the neighbour")')

  const { cid } = (await session.upload(attack(victim), { name: 'attack.html' })).file
  const sentBlindly = expect.stringMatching(/^(refused|opaque)$/)
  const refused = { read: 'refused', act: 'refused', dashboard: 'refused', neighbour: 'refused' }

  const onPath = await context.newPage()
  await onPath.goto(`http://127.0.0.1:${gatewayPort}/ipfs/${cid}`)
  expect(await outcome(onPath)).toEqual({
    ...refused,
    origin: 'null',
    cookie: 'refused',
    storage: 'refused',
    form: sentBlindly,
  })

  const onHost = await context.newPage()
  await onHost.goto(`http://localhost:${gatewayPort}/ipfs/${cid}`)
  expect(new URL(onHost.url()).origin).toBe(ownHost(cid))
  expect(await outcome(onHost)).toEqual({
    ...refused,
    origin: ownHost(cid),
    cookie: 'none',
    storage: 'none',
    form: sentBlindly,
  })

  // What could be sent blindly did nothing.
  const keys = await dashboard.evaluate('fetch("/api/v1/api-keys").then((answer) => answer.text())')
  expect(keys).toContain('"first"')
  expect(keys).not.toContain('stolen')
  expect(await dashboard.evaluate('localStorage.getItem("kept")')).toBe('of the dashboard')
  // The gateway sets no cookie anywhere.
  expect(await context.cookies([`http://127.0.0.1:${gatewayPort}`, `${ownHost(cid)}/`])).toEqual([])
})

test('a service worker is refused on a path and lives on a host of its own', async () => {
  const worker = (await session.upload('self.onfetch = () => {}', { name: 'sw.js' })).file.cid
  const page = await context.newPage()
  const register = (address: string) =>
    page.evaluate(
      `navigator.serviceWorker.register(${JSON.stringify(address)}).then(() => "registered", () => "refused")`,
    )
  const plain = (await session.upload('plain text', { name: 'a.txt' })).file.cid
  await page.goto(`http://127.0.0.1:${gatewayPort}/ipfs/${plain}`)
  expect(await register(`/ipfs/${worker}/sw.js`)).toBe('refused')
  await page.goto(`${ownHost(worker)}/`)
  expect(await register('/sw.js')).toBe('registered')
})
