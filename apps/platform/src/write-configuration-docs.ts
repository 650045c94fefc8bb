import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { dataMapPage } from '@packages/db/data-map-page'
import { configurationDocs } from '@packages/runtime/config/configuration-docs'
import { retentionPage } from './compose/retention-page.ts'

/** Writes the pages that are made of tables (settings, data map, retention); with `--check` only tells whether they are current. */
const PAGES = {
  'docs/configuration.md': configurationDocs,
  'docs/security/data-map.md': dataMapPage,
  'docs/security/retention.md': retentionPage,
}

for (const [name, page] of Object.entries(PAGES)) {
  const path = fileURLToPath(new URL(`../../../${name}`, import.meta.url))
  const text = page()
  if (!process.argv.includes('--check')) await writeFile(path, text)
  else if ((await readFile(path, 'utf8').catch(() => '')) !== text) {
    console.error(`${name} is not current: run npm run docs:configuration`)
    process.exitCode = 1
  }
}
