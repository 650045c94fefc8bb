import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { type Browser, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '@packages/testkit/free-port'

const EMAIL = 'ada@example.org'
const PASSWORD = 'a long password of hers'

let platform: SpawnedPlatform
let browser: Browser
let publicUrl: string
let gatewayUrl: string
beforeAll(async () => {
  const [api, gateway] = [await freePort(), await freePort()]
  publicUrl = `http://holdfast.test:${api}`
  gatewayUrl = `http://gateway.holdfast.test:${gateway}`
  const ports = { API_PORT: `${api}`, GATEWAY_PORT: `${gateway}` }
  platform = await spawnPlatform({ environment: { ...ports, PUBLIC_URL: publicUrl, GATEWAY_URL: gatewayUrl } })
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--host-resolver-rules=MAP *.test 127.0.0.1'],
  })
})
afterAll(async () => {
  await browser?.close()
  await platform?.[Symbol.asyncDispose]()
})

test('on plain HTTP under a name of a network all works, under a loud warning, with cookies that have no prefix', async () => {
  expect(platform.output()).toMatch(/^WARNING: PUBLIC_URL is plain HTTP \(http:\/\/holdfast\.test:\d+\)/m)
  expect(platform.output()).toMatch(/^WARNING: GATEWAY_URL is plain HTTP/m)
  const context = await browser.newContext()
  const page = await context.newPage()
  const errors: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  await page.goto(`${publicUrl}/setup#token=${platform.setupToken}`)
  // Nothing that browsers keep for HTTPS and this machine: what sends Sec-Fetch-Site, the clipboard, crypto.subtle.
  expect(await page.evaluate('isSecureContext')).toBe(false)
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByText('No files yet').waitFor()

  await page
    .getByLabel('Files to upload')
    .setInputFiles([{ name: 'a.txt', mimeType: 'text/plain', buffer: Buffer.from('read me\n') }])
  await page.getByRole('row').filter({ hasText: 'a.txt' }).getByText('Pinned').waitFor()
  await page.getByRole('button', { name: 'Copy the CID of a.txt' }).click()
  await page.getByText('Copied', { exact: true }).waitFor()
  const [opened] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name: 'a.txt', exact: true }).click(),
  ])
  await opened.waitForLoadState()
  expect(opened.url().startsWith(gatewayUrl)).toBe(true)
  expect(await opened.locator('body').innerText()).toContain('read me')
  await opened.close()

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('row').filter({ hasText: 'a.txt' }).waitFor()
  await page.getByRole('button', { name: 'Delete a.txt' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('No files yet').waitFor()

  const session = (await context.cookies()).find(({ name }) => name.includes('session'))
  expect(session).toMatchObject({ name: 'holdfast.session_token', httpOnly: true, secure: false, sameSite: 'Lax' })
  expect(errors).toEqual([])
  await context.close()
})
