import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, it } from 'vitest'

/**
 * Every outgoing call goes through packages/runtime/src/outgoing (ADR 0107). Whoever opens a connection elsewhere stands here with the
 * reason why no user can steer it; a reviewer reads each new line of this list.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  'packages/runtime/src/outgoing/outgoing-calls.ts': 'the guard itself',
  'packages/runtime/src/outgoing/resolve-target.ts': 'the guard itself',
  'packages/db/src/connection-pool.ts': 'PostgreSQL, at DATABASE_URL',
  'packages/db/src/embedded-postgres.ts': 'the own PostgreSQL, on its unix socket',
  'packages/db/src/notifications.ts': 'PostgreSQL, at DATABASE_URL',
  'packages/runtime/src/redis/redis-connection.ts': 'Redis, at REDIS_URL',
  'packages/runtime/src/dns/dns-exchange.ts': 'name servers, at DNS_SERVERS',
  'packages/runtime/src/dns/name-servers.ts': 'tells which name servers the machine has',
  'packages/runtime/src/dns/txt-look-up.ts': 'how messages of DNS are written: dns2 dials nobody there',
  'packages/db/src/test-database/shared-server.ts': 'a test server on loopback',
  'apps/api/src/features/auth/oidc/openid-provider.ts':
    'the OpenID client, whose fetch is the guard (guarded-fetch.ts)',
  'services/ipfs-manager/src/kubo/kubo-rpc.ts': 'Kubo nodes, at KUBO_NODES or added by an operator',
  'services/notification/src/smtp-mailer.ts': 'the mail server, at SMTP_URL',
  'services/ipfs-manager/src/network/start-libp2p.ts': 'peers of the IPFS network, each address through dial-policy.ts',
}

/** Programs of their own: browsers, which have a guard of their own, and tests that drive a platform from outside. */
const OUT_OF_SCOPE = [
  /^apps\/web\//,
  /^packages\/(api-client|testkit)\//,
  /\.test\.tsx?$/,
  /\/test-[\w-]+\.ts$/,
  /\/test(ing|-support)\//,
  /\/vectors\//,
]

/** What dials, by the module that has it. `all`: a package whose purpose it is to call others. */
const DIALLERS: Readonly<Record<string, readonly string[] | 'all'>> = {
  http: ['request', 'get', 'Agent', 'globalAgent', 'ClientRequest'],
  https: ['request', 'get', 'Agent', 'globalAgent'],
  http2: ['connect'],
  net: ['connect', 'createConnection', 'Socket', 'Stream'],
  tls: ['connect', 'TLSSocket'],
  dgram: 'all',
  dns: 'all',
  'dns/promises': 'all',
  ...Object.fromEntries(
    [
      'undici',
      'axios',
      'got',
      'ky',
      'node-fetch',
      'cross-fetch',
      'superagent',
      'needle',
      'ws',
      'openapi-fetch',
      '@better-fetch/fetch',
    ]
      .concat([
        'pg',
        'postgres',
        'redis',
        'ioredis',
        '@redis/client',
        'nodemailer',
        'openid-client',
        'kubo-rpc-client',
        'ipfs-http-client',
      ])
      .concat(['@aws-sdk/client-s3', 'helia', '@helia/http', 'dns2', 'tus-js-client'])
      .concat(['libp2p', '@libp2p/tcp', '@libp2p/websockets', '@libp2p/kad-dht'])
      .map((name) => [name, 'all' as const]),
  ),
}

const GLOBALS: ReadonlySet<string> = new Set(['fetch', 'WebSocket', 'EventSource', 'XMLHttpRequest'])
/** jose fetches keys from wherever a URL says. */
const NAMED: Readonly<Record<string, readonly string[]>> = { jose: ['createRemoteJWKSet'] }

const diallersOf = (module: string): readonly string[] | 'all' | undefined =>
  DIALLERS[module.replace(/^node:/, '')] ?? NAMED[module]

/** Each place of a source from which a connection can be opened, as text. */
const waysOut = (path: string, text: string): string[] => {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true)
  const found: string[] = []
  const tell = (node: ts.Node, what: string): void => {
    found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${what}`)
  }
  const importsOf = (node: ts.ImportDeclaration): void => {
    const module = (node.moduleSpecifier as ts.StringLiteral).text
    const diallers = diallersOf(module)
    const clause = node.importClause
    if (diallers === undefined || clause?.isTypeOnly === true || clause?.phaseModifier === ts.SyntaxKind.TypeKeyword)
      return
    const bindings = clause?.namedBindings
    const names =
      bindings === undefined
        ? []
        : ts.isNamespaceImport(bindings)
          ? ['*']
          : bindings.elements.filter((one) => !one.isTypeOnly).map((one) => (one.propertyName ?? one.name).text)
    if (clause?.name !== undefined) names.push('*')
    for (const name of names)
      if (name === '*' || diallers === 'all' || diallers.includes(name)) tell(node, `${name} of ${module}`)
  }
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) return importsOf(node)
    if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && !node.isTypeOnly) {
      const module = (node.moduleSpecifier as ts.StringLiteral).text
      if (diallersOf(module) !== undefined) tell(node, `exports ${module}`)
    }
    if (ts.isCallExpression(node)) {
      const [first] = node.arguments
      const loads =
        node.expression.kind === ts.SyntaxKind.ImportKeyword ||
        ['require', 'getBuiltinModule'].some((name) => node.expression.getText().split('.').at(-1) === name)
      if (loads && (first === undefined || !ts.isStringLiteralLike(first) || diallersOf(first.text) !== undefined))
        tell(node, `loads ${first?.getText() ?? 'nothing'}`)
    }
    if (ts.isIdentifier(node) && GLOBALS.has(node.text) && isGlobal(node)) tell(node, node.text)
    if (ts.isElementAccessExpression(node) && node.expression.getText() === 'globalThis') tell(node, node.getText())
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** Not the name of somebody's property, parameter or type. */
const isGlobal = (node: ts.Identifier): boolean => {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return ['globalThis', 'global', 'self', 'window'].includes(parent.expression.getText())
  if (ts.isPropertyAssignment(parent) || ts.isBindingElement(parent)) return parent.initializer === node
  return !(
    ts.isMethodDeclaration(parent) ||
    ts.isMethodSignature(parent) ||
    ts.isPropertySignature(parent) ||
    ts.isPropertyDeclaration(parent) ||
    ts.isTypeReferenceNode(parent) ||
    ts.isTypeQueryNode(parent)
  )
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const sources = globSync('{apps,packages,services}/*/{src,scripts}/**/*.{ts,tsx}', { cwd: root })
  .filter((path) => !path.includes('node_modules') && !OUT_OF_SCOPE.some((pattern) => pattern.test(path)))
  .sort()

describe('outgoing calls', () => {
  const found = sources.map((path) => [path, waysOut(path, readFileSync(`${root}/${path}`, 'utf8'))] as const)

  it('go through the guard', () => {
    expect(sources.length).toBeGreaterThan(300)
    expect(found.filter(([path]) => ALLOWED[path] === undefined).flatMap(([, ways]) => ways)).toEqual([])
  })

  it('have no exception that nobody needs', () => {
    const used = new Set(found.filter(([, ways]) => ways.length > 0).map(([path]) => path))
    expect(Object.keys(ALLOWED).filter((path) => !used.has(path) && sources.includes(path))).toEqual([])
  })
})

describe('the search', () => {
  it.each([
    ['fetch(url)', 'fetch'],
    ['const get = fetch', 'fetch'],
    ['globalThis.fetch(url)', 'fetch'],
    ["globalThis['fet' + 'ch'](url)", 'globalThis'],
    ['new WebSocket(url)', 'WebSocket'],
    ['use({ fetch: fetch })', 'fetch'],
    ['use({ fetch })', 'fetch'],
    ["import { request } from 'node:http'", 'request'],
    ["import { request as call } from 'https'", 'request'],
    ["import http from 'node:http'", '*'],
    ["import * as net from 'node:net'", '*'],
    ["import { createServer, connect } from 'node:net'", 'connect'],
    ["import { connect } from 'node:tls'", 'connect'],
    ["import { lookup } from 'node:dns/promises'", 'lookup'],
    ["import { createSocket } from 'node:dgram'", 'createSocket'],
    ["import { Agent } from 'undici'", 'Agent'],
    ["import axios from 'axios'", 'axios'],
    ["import { createRemoteJWKSet } from 'jose'", 'createRemoteJWKSet'],
    ["const { connect } = await import('node:net')", 'node:net'],
    ["require('http')", 'http'],
    ["process.getBuiltinModule('node:http')", 'node:http'],
    ['await import(name)', 'name'],
    ["export { request } from 'node:http'", 'node:http'],
  ])('finds %s', (text, what) => {
    expect(waysOut('x.ts', text)).toEqual([expect.stringContaining(what)])
  })

  it.each([
    "import { createServer, type Server } from 'node:http'",
    "import type { Socket } from 'node:net'",
    "import { isIP } from 'node:net'",
    "import { jwtVerify } from 'jose'",
    'repository.fetch(id)',
    'type Deps = { fetch(id: string): void }',
    'class A { fetch(): void {} }',
    "await import('./other.ts')",
  ])('passes %s', (text) => expect(waysOut('x.ts', text)).toEqual([]))
})
