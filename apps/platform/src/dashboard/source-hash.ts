import { createHash } from 'node:crypto'
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What the export is made of: the dashboard, the workspaces that it bundles, and every version in the lockfile. */
const SOURCES = [
  'apps/web/{src,public}/**',
  'apps/web/*.{json,ts,mjs}',
  'packages/{api-client,shared}/src/**',
  'package-lock.json',
]
const NOT_SOURCES = /\.test\.tsx?$|^next-env\.d\.ts$|\.tsbuildinfo$/

/** SHA-256 (hex) over names and bytes of the dashboard's sources, in a fixed order; changes when one of them does. */
export const dashboardSourceHash = async (repository: string): Promise<string> => {
  const files: string[] = []
  for await (const entry of glob(SOURCES, { cwd: repository, withFileTypes: true }))
    if (entry.isFile() && !NOT_SOURCES.test(entry.name)) files.push(join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const file of files.sort()) {
    const bytes = await readFile(file)
    hash.update(`${file.slice(repository.length)}\0${bytes.length}\0`).update(bytes)
  }
  return hash.digest('hex')
}
