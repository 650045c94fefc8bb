import { createHash } from 'node:crypto'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * The hashes of all inline scripts of an export, as a Content-Security-Policy names them: `'sha256-…'`
 * (CSP 3, section 2.3.1). With them the pages need no `unsafe-inline`.
 */
export const inlineScriptHashes = async (folder: string): Promise<string[]> => {
  const hashes = new Set<string>()
  for await (const page of glob('**/*.html', { cwd: folder })) {
    const html = await readFile(join(folder, page), 'utf8')
    for (const [, attributes = '', script = ''] of html.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g))
      if (!/\bsrc=/.test(attributes)) hashes.add(`'sha256-${createHash('sha256').update(script).digest('base64')}'`)
  }
  return [...hashes].sort()
}
