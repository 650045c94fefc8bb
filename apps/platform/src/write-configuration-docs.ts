import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { configurationDocs } from '@packages/runtime/config/configuration-docs'

/** Writes docs/configuration.md from the table of settings; with `--check` only tells whether it is current. */
const path = fileURLToPath(new URL('../../../docs/configuration.md', import.meta.url))
const text = configurationDocs()

if (process.argv.includes('--check')) {
  const current = await readFile(path, 'utf8').catch(() => '')
  if (current !== text) {
    console.error('docs/configuration.md is not current: run npm run docs:configuration')
    process.exitCode = 1
  }
} else await writeFile(path, text)
