import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { SpawnedPlatform } from '@packages/testkit/spawn-platform'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'

/** Debian's Chromium, kept from doing anything of its own in the network. */
const CHROMIUM = {
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
}

export const launchBrowser = (): Promise<Browser> => chromium.launch(CHROMIUM)

export type WatchedPage = {
  platform: Pick<SpawnedPlatform, 'apiUrl' | 'gatewayUrl'>
  complaints: string[]
  /** Origins that it may go to as well. */
  others?: readonly string[]
}

/** A page that notes every script error, every breach of the content policy and every request to elsewhere. */
export const openWatchedPage = async (
  context: BrowserContext,
  { platform, complaints, others = [] }: WatchedPage,
): Promise<Page> => {
  const page = await context.newPage()
  page.on('pageerror', (error) => complaints.push(`script error: ${error.message}`))
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
  })
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    const own = [platform.apiUrl, platform.gatewayUrl, ...others].includes(origin) || protocol === 'data:'
    if (!own) complaints.push(`request to ${origin}`)
  })
  return page
}

/** With SCREENSHOTS=folder every step leaves pictures there: 1280 and 360 px wide, light and dark. */
export const shoot = async (page: Page, name: string): Promise<void> => {
  const folder = process.env.SCREENSHOTS
  const overflows = () => page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth')
  const size = page.viewportSize()
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 })
    expect(await overflows(), `${name} is wider than ${width} px`).toBe(false)
    if (folder === undefined) continue
    await mkdir(folder, { recursive: true })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true })
    }
  }
  if (size !== null) await page.setViewportSize(size)
}
