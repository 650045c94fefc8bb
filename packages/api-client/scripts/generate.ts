import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import openapiTS, { astToString } from 'openapi-typescript'
import ts from 'typescript'

const DOCUMENT = new URL('../../../docs/api/openapi.yaml', import.meta.url)
const SOURCES = new URL('../src/', import.meta.url)
const OUTPUT = new URL('../dist/', import.meta.url)
const SCHEMA = 'schema.ts'

const BLOB = ts.factory.createTypeReferenceNode('Blob')

/** The types of docs/api/openapi.yaml. */
const schemaText = async (): Promise<string> => {
  const ast = await openapiTS(DOCUMENT, {
    alphabetize: false,
    // What a browser or Node streams, not a string.
    transform: (schema) => (schema.format === 'binary' ? BLOB : undefined),
  })
  return `// Generated from docs/api/openapi.yaml by \`npm run api-client\`. Do not edit.\n${astToString(ast)}`
}

/** JavaScript and declarations of the sources, by file name. @throws Error with the compiler's complaints */
const compile = async (schema: string): Promise<Map<string, string>> => {
  const names = (await readdir(SOURCES)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
  const roots = [...new Set([...names, SCHEMA])].map((name) => fileURLToPath(new URL(name, SOURCES)))
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    verbatimModuleSyntax: true,
    outDir: fileURLToPath(OUTPUT),
    rootDir: fileURLToPath(SOURCES),
  }
  const host = ts.createCompilerHost(options)
  const readSource = host.readFile.bind(host)
  const schemaPath = fileURLToPath(new URL(SCHEMA, SOURCES))
  host.readFile = (path) => (path === schemaPath ? schema : readSource(path))
  host.fileExists = (path) => path === schemaPath || ts.sys.fileExists(path)
  const program = ts.createProgram(roots, options, host)
  const outputs = new Map<string, string>()
  const { diagnostics } = program.emit(
    undefined,
    (path, text) => void outputs.set(basename(path), declared(path, text)),
  )
  const problems = [...ts.getPreEmitDiagnostics(program), ...diagnostics]
  if (problems.length > 0) throw new Error(ts.formatDiagnostics(problems, host))
  return outputs
}

/** The compiler rewrites `./x.ts` in JavaScript only. */
const declared = (path: string, text: string): string =>
  path.endsWith('.d.ts') ? text.replaceAll(/(from '\.\/[\w-]+)\.ts'|(from "\.\/[\w-]+)\.ts"/g, relative) : text

const relative = (_match: string, single: string | undefined, double: string | undefined): string =>
  single === undefined ? `${double}.js"` : `${single}.js'`

const committed = async (): Promise<Map<string, string>> => {
  const names = await readdir(OUTPUT).catch(() => [])
  const texts = names.map(async (name) => [name, await readFile(new URL(name, OUTPUT), 'utf8')] as const)
  return new Map(await Promise.all(texts))
}

const isSame = (a: Map<string, string>, b: Map<string, string>): boolean =>
  a.size === b.size && [...a].every(([name, text]) => b.get(name) === text)

const schema = await schemaText()
const outputs = await compile(schema)
if (process.argv.includes('--check')) {
  const isCurrent =
    isSame(outputs, await committed()) && schema === (await readFile(new URL(SCHEMA, SOURCES), 'utf8').catch(() => ''))
  if (!isCurrent) {
    console.error('packages/api-client does not fit docs/api/openapi.yaml: run `npm run api-client` and commit it.')
    process.exitCode = 1
  }
} else {
  await rm(OUTPUT, { recursive: true, force: true })
  await mkdir(OUTPUT, { recursive: true })
  await writeFile(new URL(SCHEMA, SOURCES), schema)
  for (const [name, text] of outputs) await writeFile(new URL(name, OUTPUT), text)
}
