import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Config, ConfigError, loadConfig } from './config.ts'
import { configurationDocs } from './config/configuration-docs.ts'
import { SETTINGS } from './config/settings.ts'

const problemsOf = (environment: Record<string, string>): readonly string[] => {
  try {
    loadConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.lines
    throw error
  }
  return []
}

const givenKeys = ({ masterKey }: Config): readonly Uint8Array[] | null =>
  masterKey.kind === 'given' ? masterKey.keys : null

const PRODUCTION = { NODE_ENV: 'production' }
const VERIFIED = { minVersion: 'TLSv1.2', rejectUnauthorized: true }
const NODES = '[{"url":"http://127.0.0.1:5001"}]'
const KUBO = { IPFS_BACKEND: 'kubo' }
const OIDC = { OIDC_ISSUER: 'https://id.example/realms/x', OIDC_CLIENT_ID: 'holdfast', OIDC_CLIENT_SECRET: 'x' }

describe('settings', () => {
  test('have defaults that start everything on loopback', () => {
    const config = loadConfig({})
    expect([...config.roles]).toEqual(['api', 'gateway', 'ipfs-manager'])
    expect(config).toMatchObject({
      production: false,
      host: '127.0.0.1',
      publicUrl: 'http://127.0.0.1:3000',
      gatewayUrl: 'http://127.0.0.1:8080',
      database: { kind: 'embedded' },
      redis: null,
      ipfs: { backend: 'embedded', network: 'public', leaving: [] },
      admin: null,
      masterKey: { kind: 'file' },
      trustedProxies: [],
    })
    expect(config.gatewayWorkers).toBeGreaterThanOrEqual(1)
  })

  test('name the nodes of Kubo, and say nothing of their tokens when they are wrong', () => {
    const list = [
      { url: 'http://127.0.0.1:5001/', token: 'canary', zone: 'a' },
      { url: 'https://kubo.example', token: 'canary', name: 'cold', network: 'private' },
    ]
    expect(loadConfig({ ...KUBO, KUBO_NODES: JSON.stringify(list) }).ipfs).toEqual({
      backend: 'kubo',
      network: 'public',
      dialPrivate: false,
      ackCopies: 1,
      cacheBytes: 4 * 2 ** 30,
      evictBelowBytes: 2 ** 30,
      replication: { min: 1, max: 2 },
      nodes: [
        { name: '127.0.0.1:5001', url: 'http://127.0.0.1:5001', token: 'canary', zone: 'a', network: 'public' },
        { name: 'cold', url: 'https://kubo.example', token: 'canary', zone: '', network: 'private' },
      ],
    })
    const wrong = [
      { ...list[0], zone: '/' },
      { ...list[0], canary: 1, url: 7 },
      { ...list[0], token: 7 },
    ]
    for (const one of wrong) {
      const problems = problemsOf({ ...KUBO, KUBO_NODES: JSON.stringify([one]) })
      expect(problems).toHaveLength(1)
      expect(problems.join()).not.toMatch(/canary"|: "canary/)
    }
  })

  const readings: [string, Record<string, string>, (config: Config) => unknown, unknown][] = [
    ['an empty variable counts as not set', { API_PORT: '' }, (config) => config.apiPort, 3000],
    ['port 0 takes a free port', { API_PORT: '0', GATEWAY_PORT: '0' }, (config) => config.gatewayPort, 0],
    ['a folder becomes absolute', { DATA_DIR: '/x/../y' }, (config) => config.dataDir, '/y'],
    [
      'a wildcard host is reached by loopback',
      { HOST: '0.0.0.0' },
      (config) => config.publicUrl,
      'http://127.0.0.1:3000',
    ],
    ['an IPv6 host stands in brackets', { HOST: '::1' }, (config) => config.publicUrl, 'http://[::1]:3000'],
    [
      'a closing slash is dropped',
      { PUBLIC_URL: 'https://a.example/' },
      (config) => config.publicUrl,
      'https://a.example',
    ],
    ['bytes have units', { UPLOAD_MAX_BYTES: '3MiB' }, (config) => config.limits.uploadMaxBytes, 3 * 2 ** 20],
    [
      'hosts of the gateway',
      { GATEWAY_SUBDOMAIN_HOSTS: 'GW.example, localhost', DNSLINK_MAP: 'a.example:/ipfs/x/y,b.example:/ipns/k1' },
      (config) => [config.gatewayHosts, [...config.dnslinkMap]],
      [
        { subdomains: ['gw.example', 'localhost'], dnslink: ['a.example', 'b.example'] },
        [
          ['a.example', '/ipfs/x/y'],
          ['b.example', '/ipns/k1'],
        ],
      ],
    ],
    ['no subdomains', { GATEWAY_SUBDOMAIN_HOSTS: 'none' }, (config) => config.gatewayHosts.subdomains, []],
    [
      'name servers',
      { DNS_SERVERS: '192.0.2.53,[2001:db8::53]:5353,2001:db8::1,192.0.2.1:54' },
      (config) => config.dnsServers,
      [
        { address: '192.0.2.53', port: 53 },
        { address: '2001:db8::53', port: 5353 },
        { address: '2001:db8::1', port: 53 },
        { address: '192.0.2.1', port: 54 },
      ],
    ],
    ['times have units', { COMPACT_EVERY: '90s' }, (config) => config.compaction.everyMs, 90_000],
    ['roles may have blanks', { ROLES: 'api, ipfs-manager' }, (config) => config.roles.has('gateway'), false],
    ['a key is read from hex', { SECRET_KEY: 'ab'.repeat(32) }, (config) => givenKeys(config)?.[0]?.[31], 0xab],
    [
      'a key is read from base64',
      { SECRET_KEY: Buffer.alloc(32, 7).toString('base64') },
      (config) => givenKeys(config)?.[0]?.[0],
      7,
    ],
    [
      'while a key is rotated there are two, the new one first',
      { SECRET_KEY: `${'ab'.repeat(32)},${'cd'.repeat(32)}` },
      (config) => givenKeys(config)?.map((key) => key[0]),
      [0xab, 0xcd],
    ],
    [
      'a program may print the key',
      { MASTER_KEY_COMMAND: '["/opt/unwrap key", "x y"]' },
      (config) => config.masterKey,
      { kind: 'command', command: ['/opt/unwrap key', 'x y'] },
    ],
    [
      'proxies are a list',
      { TRUSTED_PROXIES: '10.0.0.0/8, ::1' },
      (config) => config.trustedProxies,
      ['10.0.0.0/8', '::1'],
    ],
    [
      'a database of one’s own',
      { DATABASE_URL: 'postgresql://u:p@db/x' },
      (config) => config.database,
      { kind: 'external', url: 'postgresql://u:p@db/x', tls: null },
    ],
    [
      'a database elsewhere with TLS, in production',
      { DATABASE_URL: 'postgresql://u:p@db/x?sslmode=require', ...PRODUCTION },
      (config) => config.database,
      { kind: 'external', url: 'postgresql://u:p@db/x', tls: VERIFIED },
    ],
    [
      'a database whose name and authority are verified whatever the word',
      { DATABASE_URL: 'postgresql://u:p@db/x?sslmode=verify-ca&uselibpqcompat=true' },
      (config) => config.database,
      { kind: 'external', url: 'postgresql://u:p@db/x', tls: VERIFIED },
    ],
    [
      'a database on this machine, in production',
      { DATABASE_URL: 'postgresql://u:p@[::1]/x', ...PRODUCTION },
      (config) => config.database.kind,
      'external',
    ],
    [
      'a database behind a socket, in production',
      { DATABASE_URL: 'postgresql://u@db/x?host=/run/postgresql', ...PRODUCTION },
      (config) => config.database.kind,
      'external',
    ],
    [
      'a Redis elsewhere with TLS, in production',
      { REDIS_URL: 'rediss://a', NODE_ENV: 'production' },
      (config) => config.redis?.shown,
      'rediss://a:6379',
    ],
    [
      'a Redis on this machine, in production',
      { REDIS_URL: 'unix:///run/redis.sock', NODE_ENV: 'production' },
      (config) => config.redis?.kind,
      'unix',
    ],
    ['pages of everybody', { CORS_ORIGINS: '*' }, (config) => config.corsOrigins, '*'],
    [
      'pages of some',
      { CORS_ORIGINS: 'https://a.example/, http://localhost:5173' },
      (config) => config.corsOrigins,
      ['https://a.example', 'http://localhost:5173'],
    ],
    [
      'a sign-in provider, which opens no account and no second factor unless told',
      { ...OIDC, OIDC_DOMAINS: 'Example.org, b.example', OIDC_CLAIMS: 'groups=a b, hd=x' },
      (config) => config.oidc?.policy,
      {
        domains: ['example.org', 'b.example'],
        claims: [
          { name: 'groups', value: 'a b' },
          { name: 'hd', value: 'x' },
        ],
        linkByEmail: false,
        trustSecondFactor: false,
      },
    ],
    ['no sign-in provider', {}, (config) => config.oidc, null],
    [
      'a sign-in provider on this machine, in clear',
      { ...OIDC, OIDC_ISSUER: 'http://127.0.0.1:9000/realms/x' },
      (config) => config.oidc?.issuer,
      'http://127.0.0.1:9000/realms/x',
    ],
    ['production mode', { NODE_ENV: 'production' }, (config) => config.production, true],
    ['other modes', { NODE_ENV: 'test' }, (config) => config.production, false],
  ]
  test.each(readings)('%s', (_name, environment, pick, expected) => {
    expect(pick(loadConfig(environment))).toEqual(expected)
  })

  const elsewhere: [string, string][] = [
    ['plain', 'postgresql://u:p@db/x'],
    ['said to be so', 'postgresql://u:p@db/x?sslmode=disable'],
    ['the other way to say so', 'postgresql://u:p@db/x?ssl=false'],
    ['a parameter that leads elsewhere', 'postgresql://u:p@127.0.0.1/x?host=db'],
    ['two parameters, of which pg takes the last', 'postgresql://u:p@db/x?host=localhost&host=db'],
    ['no host, which the environment of pg may name', 'postgresql:///x'],
    ['a name that looks like an address', 'postgresql://u:p@127.0.0.1.example/x'],
  ]
  test.each(elsewhere)('refuse a database elsewhere in clear in production: %s', (_how, url) => {
    expect(problemsOf({ DATABASE_URL: url, ...PRODUCTION })).toEqual([
      expect.stringMatching(/^DATABASE_URL is not enc/),
    ])
    expect(problemsOf({ DATABASE_URL: url })).toEqual([])
  })

  const refusals: [string, Record<string, string>, string][] = [
    ['a port that is no number', { API_PORT: 'x' }, 'API_PORT must be a port'],
    ['a port that is too large', { GATEWAY_PORT: '65536' }, 'GATEWAY_PORT must be a port'],
    ['a negative port', { SWARM_PORT: '-1' }, 'SWARM_PORT must be a port'],
    ['an unknown role', { ROLES: 'api,ipfs-manager,cook' }, 'ROLES does not know "cook"'],
    ['a level that is none', { LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
    ['an address with a path', { PUBLIC_URL: 'https://a.example/x' }, 'PUBLIC_URL must be an address'],
    ['an address that is no http', { GATEWAY_URL: 'ftp://a.example' }, 'GATEWAY_URL must be an address'],
    ['a database that is no PostgreSQL', { DATABASE_URL: 'mysql://a/b' }, 'DATABASE_URL must be a PostgreSQL address'],
    ['a Redis that is none', { REDIS_URL: 'http://a' }, 'REDIS_URL must be a Redis address'],
    [
      'a Redis elsewhere without TLS in production',
      { REDIS_URL: 'redis://a', NODE_ENV: 'production' },
      'REDIS_URL is not encrypted',
    ],
    [
      'a database elsewhere that nobody vouches for in production',
      { DATABASE_URL: 'postgresql://u:p@db/x?sslmode=no-verify', ...PRODUCTION },
      'DATABASE_URL believes any server',
    ],
    ['TLS that may be given up', { DATABASE_URL: 'postgresql://u@db/x?sslmode=prefer' }, 'DATABASE_URL has an sslmode'],
    ['an authority that is no file', { SMTP_CA: '/nowhere/ca.pem' }, 'SMTP_CA must be a file of certificates in PEM'],
    ['an authority without a certificate', { REDIS_CA: '/dev/null' }, 'REDIS_CA must be a file of certificates in PEM'],
    [
      'an open gateway without a network',
      { GATEWAY_MODE: 'open', IPFS_NETWORK: 'none' },
      'GATEWAY_MODE=open needs IPFS',
    ],
    ['an open gateway that takes no part', { GATEWAY_MODE: 'open', SWARM_PORT: 'off' }, 'GATEWAY_MODE=open needs the'],
    [
      'an open gateway whose node is elsewhere',
      { GATEWAY_MODE: 'open', ROLES: 'gateway', DATABASE_URL: 'postgresql://u@127.0.0.1/x' },
      'GATEWAY_MODE=open needs IPFS_BACKEND=kubo',
    ],
    [
      'an open gateway with private nodes alone',
      {
        GATEWAY_MODE: 'open',
        IPFS_BACKEND: 'kubo',
        KUBO_NODES: '[{"url":"http://127.0.0.1:5001","token":"x","network":"private"}]',
      },
      'GATEWAY_MODE=open needs a node with network "public"',
    ],
    ['the origin null', { CORS_ORIGINS: 'null' }, 'CORS_ORIGINS must be addresses'],
    ['everybody and somebody', { CORS_ORIGINS: '*,https://a.example' }, 'CORS_ORIGINS must be addresses'],
    ['the backend kubo without nodes', { IPFS_BACKEND: 'kubo' }, 'IPFS_BACKEND=kubo needs KUBO_NODES'],
    ['nodes without their backend', { KUBO_NODES: NODES }, 'KUBO_NODES needs IPFS_BACKEND=kubo'],
    [
      'nodes that are left for nodes',
      { ...KUBO, KUBO_NODES: NODES, LEAVE_KUBO_NODES: NODES },
      'LEAVE_KUBO_NODES needs IPFS_BACKEND=embedded',
    ],
    [
      'nodes that are left, in clear',
      { ...PRODUCTION, LEAVE_KUBO_NODES: '[{"url":"http://10.0.0.2:5001","token":"x"}]' },
      'LEAVE_KUBO_NODES: the connection to 10.0.0.2:5001 is not encrypted',
    ],
    ['copies without nodes', { UPLOAD_ACK_COPIES: '2' }, 'UPLOAD_ACK_COPIES needs KUBO_NODES'],
    [
      'more copies than nodes',
      { ...KUBO, KUBO_NODES: NODES, UPLOAD_ACK_COPIES: '2' },
      'KUBO_NODES has 1 nodes for uploads',
    ],
    [
      'more copies to confirm than are made',
      { ...KUBO, KUBO_NODES: NODES, REPLICATION_MIN: '3', REPLICATION_MAX: '2' },
      'REPLICATION_MIN is more than REPLICATION_MAX',
    ],
    ['two copies in the own store', { REPLICATION_MIN: '2' }, 'the embedded backend is one node'],
    ['nodes that are no list', { ...KUBO, KUBO_NODES: '{}' }, 'KUBO_NODES'],
    ['nodes that are no JSON', { ...KUBO, KUBO_NODES: '[canary' }, 'KUBO_NODES must be a JSON list'],
    ['no nodes', { ...KUBO, KUBO_NODES: '[]' }, 'KUBO_NODES is an empty list'],
    ['a node with a path', { ...KUBO, KUBO_NODES: '[{"url":"http://127.0.0.1:5001/api"}]' }, 'node 1: url must be'],
    [
      'a node with credentials',
      { ...KUBO, KUBO_NODES: '[{"url":"http://a:b@127.0.0.1:5001"}]' },
      'node 1: url must be',
    ],
    [
      'a node of a third network',
      { ...KUBO, KUBO_NODES: '[{"url":"http://[::1]:1","network":"x"}]' },
      'node 1: network',
    ],
    [
      'a node twice',
      { ...KUBO, KUBO_NODES: '[{"url":"http://127.0.0.1:5001"},{"url":"http://127.0.0.1:5001/"}]' },
      'has a url twice',
    ],
    [
      'a node on another machine without a token',
      { ...KUBO, KUBO_NODES: '[{"url":"https://10.0.0.2:5001"}]' },
      '10.0.0.2:5001 is on another machine and needs a token',
    ],
    [
      'a node on another machine in clear, in production',
      { ...KUBO, ...PRODUCTION, KUBO_NODES: '[{"url":"http://10.0.0.2:5001","token":"x"}]' },
      'is not encrypted',
    ],
    ['the backend cluster', { IPFS_BACKEND: 'cluster' }, 'not supported yet'],
    ['a host that is none', { HOST: 'not a host' }, 'HOST must be'],
    ['bytes that are none', { UPLOAD_MAX_BYTES: '5 pounds' }, 'UPLOAD_MAX_BYTES must be a number of bytes'],
    ['a short key', { SECRET_KEY: 'abc' }, 'SECRET_KEY must be 32 bytes'],
    ['a key with strange characters', { SECRET_KEY: `${'ab'.repeat(31)}zz` }, 'SECRET_KEY must be 32 bytes'],
    ['three keys', { SECRET_KEY: Array(3).fill('ab'.repeat(32)).join() }, 'SECRET_KEY must be 32 bytes'],
    ['a command that is no list', { MASTER_KEY_COMMAND: 'vault kv get x' }, 'MASTER_KEY_COMMAND must be a JSON list'],
    ['a command of nothing', { MASTER_KEY_COMMAND: '[]' }, 'MASTER_KEY_COMMAND must be a JSON list'],
    [
      'two places of the master key',
      { SECRET_KEY: 'ab'.repeat(32), MASTER_KEY_COMMAND: '["x"]' },
      'SECRET_KEY and MASTER_KEY_COMMAND are both set',
    ],
    ['an address with subdomains', { GATEWAY_SUBDOMAIN_HOSTS: '127.0.0.1' }, 'GATEWAY_SUBDOMAIN_HOSTS must be names'],
    ['a host with a port', { GATEWAY_SUBDOMAIN_HOSTS: 'a.example:80' }, 'GATEWAY_SUBDOMAIN_HOSTS must be names'],
    ['half a pattern', { GATEWAY_DNSLINK_HOSTS: 'a*.example' }, 'GATEWAY_DNSLINK_HOSTS must be domains'],
    ['a DNSLink to an address', { DNSLINK_MAP: 'a.example:https://b.example' }, 'DNSLINK_MAP must be pairs'],
    ['two DNSLinks of one domain', { DNSLINK_MAP: 'a.b:/ipfs/x,A.b:/ipfs/y' }, 'DNSLINK_MAP must be pairs'],
    ['a name server that is a name', { DNS_SERVERS: 'dns.example' }, 'DNS_SERVERS must be addresses'],
    ['a name server without a port', { DNS_SERVERS: '192.0.2.1:0' }, 'DNS_SERVERS must be addresses'],
    ['a proxy that is no network', { TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES has what is no'],
    ['a short password', { ADMIN_EMAIL: 'a@b.example', ADMIN_PASSWORD: 'short' }, 'ADMIN_PASSWORD must have 8'],
    [
      'an e-mail address that is none',
      { ADMIN_EMAIL: 'nobody', ADMIN_PASSWORD: 'long-enough-000' },
      'ADMIN_EMAIL must be',
    ],
    ['an administrator without password', { ADMIN_EMAIL: 'a@b.example' }, 'ADMIN_EMAIL needs ADMIN_PASSWORD'],
    ['a password without administrator', { ADMIN_PASSWORD: 'long-enough-000' }, 'ADMIN_PASSWORD needs ADMIN_EMAIL'],
    ['equal ports', { API_PORT: '8080' }, 'API_PORT and GATEWAY_PORT are both 8080'],
    ['api without ipfs-manager', { ROLES: 'api' }, 'ROLES has api without ipfs-manager'],
    ['ipfs-manager without api', { ROLES: 'ipfs-manager,gateway' }, 'ROLES has ipfs-manager without api'],
    ['a gateway alone on an embedded database', { ROLES: 'gateway' }, 'ROLES=gateway needs DATABASE_URL'],
    ['a sign-in provider in clear', { ...OIDC, OIDC_ISSUER: 'http://id.example' }, 'OIDC_ISSUER must be an https'],
    ['one with a query', { ...OIDC, OIDC_ISSUER: 'https://id.example/?x' }, 'OIDC_ISSUER must be an https'],
    ['one with credentials', { ...OIDC, OIDC_ISSUER: 'https://a:b@id.example' }, 'OIDC_ISSUER must be an https'],
    [
      'one whose host only begins like this machine',
      { ...OIDC, OIDC_ISSUER: 'http://127.0.0.1.evil.example' },
      'OIDC_ISSUER must be an https',
    ],
    ['one without a secret', { ...OIDC, OIDC_CLIENT_SECRET: '' }, 'needs OIDC_CLIENT_SECRET'],
    ['a secret without one', { OIDC_CLIENT_SECRET: 'x' }, 'OIDC_CLIENT_SECRET needs OIDC_ISSUER and OIDC_CLIENT_ID'],
    ['accounts that are opened without a mail', { ...OIDC, OIDC_LINK: 'verified-email' }, 'needs SMTP_URL'],
    ['domains that are none', { ...OIDC, OIDC_DOMAINS: 'example.org,@x' }, 'OIDC_DOMAINS must be domains'],
    ['claims that are none', { ...OIDC, OIDC_CLAIMS: 'groups' }, 'OIDC_CLAIMS must be claims'],
    ['no workers', { GATEWAY_WORKERS: '0' }, 'GATEWAY_WORKERS must be a whole number'],
  ]
  test.each(refusals)('refuse %s', (_name, environment, line) => {
    const problems = problemsOf(environment)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(line)
    expect(problems[0]).not.toContain('\n')
  })

  test('tell every problem at once, with exit code 78', () => {
    expect(problemsOf({ API_PORT: 'x', LOG_LEVEL: 'loud', ROLES: 'cook' })).toHaveLength(3)
    expect(new ConfigError(['x']).exitCode).toBe(78)
  })

  test('take secrets from files', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'hf-config-')), 'password')
    writeFileSync(path, 'a long password\n')
    const file = { ADMIN_EMAIL: 'a@b.example', ADMIN_PASSWORD_FILE: path }
    expect(loadConfig(file).admin?.password).toBe('a long password')
    expect(problemsOf({ ...file, ADMIN_PASSWORD: 'another password' })[0]).toContain('both set')
    expect(problemsOf({ ...file, ADMIN_PASSWORD_FILE: `${path}.not` })[0]).toContain('cannot be read')
  })

  test('never show a secret in a problem', () => {
    expect(problemsOf({ SECRET_KEY: 'hunter2hunter2', DATABASE_URL: 'x://u:hunter2@h' }).join()).not.toContain(
      'hunter2',
    )
  })

  test('all stand in the generated page, which is current', () => {
    const page = configurationDocs()
    for (const name of Object.keys(SETTINGS)) expect(page).toContain(`| \`${name}\` |`)
    expect(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')).toBe(page)
  })
})
