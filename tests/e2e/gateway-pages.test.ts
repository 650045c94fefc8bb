import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createClient } from '@packages/api-client/create-client'
import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import type { AxeResults } from 'axe-core'
import type { Browser, BrowserContext } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { setUp } from '../acceptance/session.ts'
import { launchBrowser, openWatchedPage, shoot } from './browser.ts'

let platform: SpawnedPlatform
let browser: Browser
let context: BrowserContext
let key: string
let axe: string

beforeAll(async () => {
  ;[platform, browser] = await Promise.all([
    spawnPlatform({ command: [process.execPath, 'apps/platform/src/main.ts', '--without-dashboard'] }),
    launchBrowser(),
  ])
  key = (await setUp(platform)).key
  context = await browser.newContext()
  axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
})
afterAll(async () => {
  await browser?.close()
  await platform?.[Symbol.asyncDispose]()
})

const NAMES = [
  'index.txt',
  'picture.png',
  'song.mp3',
  'film.webm',
  'page.html.txt',
  'data.json',
  'all.tar.gz',
  'README',
  'Grüße 東京.md',
]

const folderOf = async (names: readonly string[]): Promise<string> => {
  const client = createClient({ baseUrl: platform.apiUrl, apiKey: key })
  const files = names.map((name) => ({
    path: `folder/${name}`,
    file: new Blob([`${name}\n`.repeat(name.length * 200)]),
  }))
  return (await client.uploadFolder({ files })).file.cid
}

/** The same page where scripts may run, for the audit is one; nothing else in it differs. */
const audit = async (address: string, colorScheme: 'light' | 'dark'): Promise<string[]> => {
  const html = await (await fetch(address, { headers: { accept: 'text/html' } })).text()
  const page = await context.newPage()
  await page.emulateMedia({ colorScheme })
  await page.setContent(html)
  await page.evaluate(axe)
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults
  await page.close()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html: where }) => where).join(' ')}`)
}

test('the pages of the gateway are readable, light and dark, narrow and wide, and nothing in them runs or is loaded', async () => {
  const folder = await folderOf(NAMES)
  const { gatewayUrl } = platform
  const pages = {
    'gateway-listing': `${gatewayUrl}/ipfs/${folder}/`,
    'gateway-not-found': `${gatewayUrl}/ipfs/bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy`,
    'gateway-invalid-cid': `${gatewayUrl}/ipfs/bafkreigh2aki`,
  }
  const complaints: string[] = []
  for (const [name, address] of Object.entries(pages)) {
    const page = await openWatchedPage(context, { platform, complaints })
    await page.goto(address)
    await shoot(page, name)
    await page.close()
    for (const colorScheme of ['light', 'dark'] as const) expect(await audit(address, colorScheme), name).toEqual([])
  }
  expect(complaints).toEqual([])
})

test('a listing is walked by the keyboard alone', async () => {
  const folder = await folderOf(['one.txt', 'two.txt'])
  const page = await context.newPage()
  await page.goto(`${platform.gatewayUrl}/ipfs/${folder}/`)
  const seen: string[] = []
  for (let presses = 0; presses < 20; presses++) {
    await page.keyboard.press('Tab')
    const text = await page.evaluate<string>('document.activeElement.textContent.trim()')
    if (text === 'two.txt') break
    seen.push(text)
  }
  expect(seen).toEqual(expect.arrayContaining(['TAR', 'CAR', 'one.txt']))
  await page.keyboard.press('Enter')
  await page.waitForURL(/two\.txt$/)
  expect(await page.textContent('body')).toContain('two.txt')
})
