import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { declaredRoutes } from './declared-routes.ts'
import { openApiDocument } from './openapi-document.ts'

const FILE = new URL('../../../../docs/api/openapi.yaml', import.meta.url)
const HEADER = '# Generated from the routes of apps/api by `npm run openapi`. Do not edit.\n'

/** The text of docs/api/openapi.yaml. */
export const openApiYaml = async (): Promise<string> =>
  HEADER +
  stringify(openApiDocument(await declaredRoutes()), {
    lineWidth: 0,
    aliasDuplicateObjects: false,
    blockQuote: 'literal',
  })

const main = async (check: boolean): Promise<void> => {
  const wanted = await openApiYaml()
  if (!check) {
    await mkdir(new URL('.', FILE), { recursive: true })
    await writeFile(FILE, wanted)
    return
  }
  const found = await readFile(FILE, 'utf8').catch(() => '')
  if (found === wanted) return
  console.error('docs/api/openapi.yaml does not fit the routes: run `npm run openapi` and commit it.')
  process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.includes('--check'))
