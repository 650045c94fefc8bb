import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser, openWatchedPage, shoot } from './browser.ts'

const EMAIL = 'ada@example.org'
const PASSWORD = 'a long password of hers'

let platform: SpawnedPlatform
let browser: Browser
const complaints: string[] = []

beforeAll(async () => {
  platform = await spawnPlatform()
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  await platform?.[Symbol.asyncDispose]()
})

test('a newcomer sets up, uploads, opens at the gateway, deletes, signs out and in again', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await openWatchedPage(context, { platform, complaints })

  await page.goto(`${platform.apiUrl}/setup#token=${platform.setupToken}`)
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  expect(page.url()).not.toContain('token')
  await shoot(page, 'set-up')
  await page.getByRole('button', { name: 'Create the account' }).click()
  await page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
  await page.getByText('No files yet').waitFor()
  await shoot(page, 'no-files')
  const cookies = await context.cookies()
  expect(cookies.length).toBeGreaterThan(0)
  expect(cookies.every(({ httpOnly }) => httpOnly)).toBe(true)
  expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBe(0)

  const name = 'Grüße <b>&"quotes".txt'
  await page.getByLabel('Files to upload').setInputFiles([
    { name, mimeType: 'text/plain', buffer: Buffer.from('read me at the gateway\n') },
    { name: 'empty.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(0) },
    { name: 'large.bin', mimeType: 'application/octet-stream', buffer: Buffer.alloc(30 * 1024 * 1024, 7) },
  ])
  const rows = page.getByRole('row')
  await rows.filter({ hasText: 'large.bin' }).getByText('Pinned').waitFor()
  await rows.filter({ hasText: name }).getByText('Pinned').waitFor()
  await rows.filter({ hasText: 'empty.bin' }).getByText('0 bytes').waitFor()
  await rows.filter({ hasText: '30 MiB' }).waitFor()
  await shoot(page, 'files')

  await page.getByRole('button', { name: `Copy the CID of ${name}` }).click()
  await page.getByText('Copied', { exact: true }).waitFor()
  const cid = String(await page.evaluate('navigator.clipboard.readText()'))
  expect(cid).toMatch(/^baf[a-z2-7]{56}$/)

  const [opened] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name, exact: true }).click(),
  ])
  await opened.waitForLoadState()
  expect(opened.url().startsWith(`${platform.gatewayUrl}/ipfs/${cid}`)).toBe(true)
  expect(await opened.locator('body').innerText()).toContain('read me at the gateway')
  await opened.close()

  await page.getByRole('button', { name: `Delete ${name}` }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete this file?' })
  await dialog.waitFor()
  await shoot(page, 'delete')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: `Delete ${name}` }).click()
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await rows.filter({ hasText: name }).waitFor({ state: 'hidden' })
  expect((await fetch(`${platform.gatewayUrl}/ipfs/${cid}`)).status).toBe(404)

  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in' }).waitFor()
  expect((await page.request.get(`${platform.apiUrl}/api/v1/files`)).status()).toBe(401)
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill('not the password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page
    .getByRole('alert')
    .filter({ hasText: /wrong|invalid/i })
    .waitFor()
  await shoot(page, 'sign-in')
  await page.getByLabel('Password').fill(PASSWORD)
  await page.keyboard.press('Enter')
  await rows.filter({ hasText: 'large.bin' }).waitFor()
  await context.close()
  expect(complaints).toEqual([])
})

test('everything can be done with the keyboard alone, and an upload that is refused says why', async () => {
  const context = await browser.newContext()
  const page = await openWatchedPage(context, { platform, complaints })
  await page.goto(platform.apiUrl)
  await page.getByLabel('E-mail address').waitFor()
  await page.keyboard.type(EMAIL)
  await page.keyboard.press('Tab')
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Files', exact: true }).waitFor()

  await page.reload()
  await page.getByRole('heading', { name: 'Files', exact: true }).waitFor()
  await page.keyboard.press('Tab')
  expect(await page.evaluate('document.activeElement?.textContent')).toBe('Skip to content')
  const choose = page.getByRole('button', { name: 'Choose files' })

  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), choose.press('Enter')])
  await chooser.setFiles({ name: 'line\u2028break.txt', mimeType: 'text/plain', buffer: Buffer.from('x') })
  await page.getByRole('alert').filter({ hasText: /name/i }).waitFor()
  await page.getByRole('button', { name: /^Dismiss/ }).press('Enter')
  await context.close()
  expect(complaints).toEqual([])
})

test('a list longer than a page is shown bit by bit', async () => {
  const context = await browser.newContext()
  const page = await openWatchedPage(context, { platform, complaints })
  await page.goto(platform.apiUrl)
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Files to upload').setInputFiles(
    Array.from({ length: 60 }, (_, n) => ({
      name: `many-${n}.txt`,
      mimeType: 'text/plain',
      buffer: Buffer.from(`file ${n}`),
    })),
  )
  await page.getByRole('button', { name: 'Clear 60 finished' }).click()
  await page.getByRole('button', { name: 'Show more' }).click()
  await page.getByRole('link', { name: 'large.bin', exact: true }).waitFor()
  expect(await page.getByRole('link', { name: /^many-/ }).count()).toBe(60)
  await context.close()
  expect(complaints).toEqual([])
})

test('a private file is said to be one, is opened by a link of some minutes, and by its CID is unknown', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await openWatchedPage(context, { platform, complaints })
  await page.goto(platform.apiUrl)
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page
    .getByRole('radio', { name: /^Public.*Default/ })
    .and(page.locator(':checked'))
    .waitFor()
  await page.getByRole('radio', { name: /^Private/ }).check()
  const file = { name: 'merger.txt', mimeType: 'text/plain', buffer: Buffer.from('for few eyes\n') }
  await page.getByLabel('Files to upload').setInputFiles([file])
  const row = page.getByRole('row').filter({ hasText: 'merger.txt' })
  await row.getByText('Private', { exact: true }).waitFor()
  await shoot(page, 'private')
  const [opened] = await Promise.all([
    context.waitForEvent('page'),
    row.getByRole('button', { name: 'merger.txt', exact: true }).click(),
  ])
  await opened.getByText('for few eyes').waitFor()
  expect(opened.url().startsWith(`${platform.gatewayUrl}/files/`)).toBe(true)
  await opened.close()
  await page.getByRole('button', { name: 'Copy the CID of merger.txt' }).click()
  await page.getByText('Copied', { exact: true }).waitFor()
  const cid = String(await page.evaluate('navigator.clipboard.readText()'))
  for (const under of ['ipfs', 'files'])
    expect((await fetch(`${platform.gatewayUrl}/${under}/${cid}`)).status).toBe(404)
  await context.close()
  expect(complaints).toEqual([])
})

test('links of a private file are made, open it, are revoked, and end when it becomes public', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await openWatchedPage(context, { platform, complaints })
  await page.goto(platform.apiUrl)
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('link', { name: 'Details of merger.txt' }).click()
  await page.getByRole('heading', { name: 'merger.txt' }).waitFor()
  await page.getByText('Your organization, and whoever has a link.').waitFor()
  await page.getByRole('button', { name: 'Make a link' }).click()
  await page.getByLabel('Name').fill('For Grace')
  await page.getByLabel('It works for').selectOption('One week')
  await page.getByLabel('Downloads').fill('2')
  await shoot(page, 'new-link')
  await page.getByRole('button', { name: 'Make the link' }).click()
  await page.getByText('Copy the link now.').waitFor()
  await shoot(page, 'new-link-shown')
  await page.getByRole('button', { name: 'Copy the link' }).click()
  await page.getByText('Copied', { exact: true }).waitFor()
  const url = String(await page.evaluate('navigator.clipboard.readText()'))
  const answer = await fetch(url)
  expect([answer.status, await answer.text()]).toEqual([200, 'for few eyes\n'])
  await page.reload()
  await page.getByText('For Grace').waitFor()
  await page.getByText('1 of 2 downloads').waitFor()
  expect(await page.getByText(url).count()).toBe(0)
  await page.getByRole('button', { name: 'Revoke For Grace' }).click()
  await shoot(page, 'revoke-link')
  await page.getByRole('button', { name: 'Revoke', exact: true }).click()
  await page.getByText('The link is revoked').waitFor()
  expect((await fetch(url)).status).toBe(410)

  await page.getByRole('button', { name: 'Make it public' }).click()
  await shoot(page, 'make-public')
  await page.getByRole('button', { name: 'Make it public for good' }).click()
  await page.getByText('Whoever has the CID, here and wherever there is a copy.').waitFor()
  await shoot(page, 'public-file')
  const [opened] = await Promise.all([
    context.waitForEvent('page'),
    page.getByRole('link', { name: 'Open it at the gateway' }).click(),
  ])
  await opened.getByText('for few eyes').waitFor()
  await page.goto(`${platform.apiUrl}/file?id=0190d0c0-0000-7000-8000-000000000001`)
  await page.getByRole('alert').filter({ hasText: 'nothing here' }).waitFor()
  await shoot(page, 'no-file')
  await context.close()
  expect(complaints).toEqual([])
})

test('a folder goes up as one, and is opened at the gateway', async () => {
  const outer = await mkdtemp(join(tmpdir(), 'hf-e2e-'))
  const folder = join(outer, 'Urlaub in 東京')
  await mkdir(join(folder, 'sub', 'deeper'), { recursive: true })
  await writeFile(join(folder, 'sub', 'deeper', 'a "quoted" name.txt'), 'deep down\n')
  for (let n = 0; n < 300; n++) await writeFile(join(folder, 'sub', `${n}.txt`), `file ${n}\n`)
  const context = await browser.newContext()
  const page = await openWatchedPage(context, { platform, complaints })
  await page.goto(platform.apiUrl)
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByLabel('Folder to upload').setInputFiles(folder)
  await page.getByText('Uploaded · 301 files').waitFor()
  const row = page.getByRole('row').filter({ hasText: 'Urlaub in 東京' })
  await row.getByText('Folder').waitFor()
  await row.getByText('Pinned').waitFor()
  await shoot(page, 'folder')

  const [opened] = await Promise.all([
    context.waitForEvent('page'),
    row.getByRole('link', { name: 'Urlaub in 東京', exact: true }).click(),
  ])
  await opened.getByRole('link', { name: 'sub' }).click()
  await opened.getByRole('link', { name: '299.txt' }).waitFor()
  await shoot(opened, 'listing')
  await opened.getByRole('link', { name: 'deeper' }).click()
  await opened.getByRole('link', { name: 'a "quoted" name.txt' }).click()
  await opened.getByText('deep down').waitFor()
  await opened.close()

  await row.getByRole('button', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete this folder?' })
  await dialog.getByRole('button', { name: 'Delete', exact: true }).click()
  await row.waitFor({ state: 'hidden' })
  await context.close()
  await rm(outer, { recursive: true })
  expect(complaints).toEqual([])
})
