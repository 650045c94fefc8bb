import { cdnCacheProblems } from './cdn-caches.ts'
import { type KuboNodeConfig, kuboNodeProblems, uploadNodes } from './kubo-nodes.ts'
import type { SettingValues } from './settings.ts'

const PORTS = ['API_PORT', 'GATEWAY_PORT', 'SWARM_PORT', 'METRICS_PORT'] as const

const equalPorts = (values: SettingValues): string[] => {
  const problems: string[] = []
  for (const [index, one] of PORTS.entries())
    for (const other of PORTS.slice(index + 1))
      if (values[one] !== 0 && values[one] !== null && values[one] === values[other])
        problems.push(`${one} and ${other} are both ${values[one]}; give each its own port`)
  return problems
}

/** What leaves this machine in production mode is encrypted, and the other end is verified; mail by STARTTLS at the latest. */
const encryption = (values: SettingValues): string[] => {
  const problems: string[] = []
  const { DATABASE_URL: database, DATABASE_CA, REDIS_URL: redis, REDIS_CA } = values
  const production = values.NODE_ENV === 'production'
  if (database === null && DATABASE_CA !== null) problems.push('DATABASE_CA needs DATABASE_URL')
  if (database?.tls === false && DATABASE_CA !== null)
    problems.push('DATABASE_URL turns TLS off, and DATABASE_CA is set: unset one')
  else if (production && database !== null && !database.local && !database.tls && DATABASE_CA === null)
    problems.push(
      'DATABASE_URL is not encrypted: in production mode add sslmode=verify-full, or use a PostgreSQL on this machine',
    )
  if (production && database?.tls && !database.local && !database.tls.rejectUnauthorized)
    problems.push('DATABASE_URL believes any server (no-verify): in production mode use sslmode=verify-full')
  if (REDIS_CA !== null && redis?.kind !== 'tls') problems.push('REDIS_CA needs a REDIS_URL that begins with rediss:')
  if (production && redis !== null && redis.kind === 'tcp' && !redis.local)
    problems.push('REDIS_URL is not encrypted: in production mode use rediss:, or a Redis on this machine')
  if (values.SMTP_CA !== null && values.SMTP_URL === null) problems.push('SMTP_CA needs SMTP_URL')
  return problems
}

const exposedNodes = (setting: string, nodes: readonly KuboNodeConfig[], mode: SettingValues['NODE_ENV']): string[] =>
  nodes.flatMap((node) =>
    kuboNodeProblems(node, { isProduction: mode === 'production' }).map((problem) => `${setting}: ${problem}`),
  )

const ofNodes = (values: SettingValues): string[] => {
  const { REPLICATION_MIN: min, REPLICATION_MAX: max } = values
  const { IPFS_BACKEND: backend, KUBO_NODES: nodes, NODE_ENV: mode, UPLOAD_ACK_COPIES: copies } = values
  const problems: string[] = []
  if (values.LEAVE_KUBO_NODES !== null) {
    problems.push(...exposedNodes('LEAVE_KUBO_NODES', values.LEAVE_KUBO_NODES, mode))
    if (backend !== 'embedded')
      problems.push('LEAVE_KUBO_NODES needs IPFS_BACKEND=embedded: a node among others is drained by the API')
  }
  if (min !== null && max !== null && min > max) problems.push('REPLICATION_MIN is more than REPLICATION_MAX')
  if (backend === 'embedded' && (min ?? 1) > 1)
    problems.push('REPLICATION_MIN is more than 1, and the embedded backend is one node: no pin would ever be pinned')
  if (nodes === null) {
    if (backend === 'kubo') problems.push('IPFS_BACKEND=kubo needs KUBO_NODES')
    if (copies !== null) problems.push('UPLOAD_ACK_COPIES needs KUBO_NODES')
    return problems
  }
  if (copies !== null && copies > uploadNodes(nodes))
    problems.push(`UPLOAD_ACK_COPIES is ${copies}, and KUBO_NODES has ${uploadNodes(nodes)} nodes for uploads`)
  if (backend !== 'kubo') problems.push('KUBO_NODES needs IPFS_BACKEND=kubo')
  problems.push(...exposedNodes('KUBO_NODES', nodes, mode))
  return problems
}

/** Mode `open` is nothing without a network: a gateway that answers 504 to all would look as if it was. */
const ofOpenGateway = (values: SettingValues): string[] => {
  const { ROLES: roles, IPFS_BACKEND: backend, IPFS_NETWORK: network } = values
  if (values.GATEWAY_MODE !== 'open' || !roles.has('gateway')) return []
  if (backend === 'kubo') {
    const hasPublic = values.KUBO_NODES?.some((node) => node.network === 'public') === true
    return hasPublic ? [] : ['GATEWAY_MODE=open needs a node with network "public" in KUBO_NODES: it fetches by that']
  }
  if (!roles.has('api'))
    return [
      'GATEWAY_MODE=open needs IPFS_BACKEND=kubo where ROLES is gateway alone: the embedded node is in the process with the role api',
    ]
  if (values.SWARM_PORT === null) return ['GATEWAY_MODE=open needs the network, and SWARM_PORT=off takes no part in it']
  if (network !== 'public')
    return [`GATEWAY_MODE=open needs IPFS_NETWORK=public, and it is ${network}: there is nobody to fetch from`]
  return []
}

/** Settings that are each valid and cannot stand together; one line per problem. Pure. */
export const contradictions = (values: SettingValues): string[] => {
  const problems = equalPorts(values)
  const roles = values.ROLES
  if (roles.has('api') !== roles.has('ipfs-manager'))
    problems.push(
      `ROLES has ${roles.has('api') ? 'api without ipfs-manager' : 'ipfs-manager without api'}: one process has both, because it owns the block store`,
    )
  if (roles.size === 1 && roles.has('gateway') && values.DATABASE_URL === null)
    problems.push(
      'ROLES=gateway needs DATABASE_URL: the embedded PostgreSQL belongs to the process that has the role api',
    )
  problems.push(...encryption(values))
  problems.push(...ofNodes(values))
  problems.push(...cdnCacheProblems(values.CDN_CACHES ?? [], { isProduction: values.NODE_ENV === 'production' }))
  problems.push(...ofOpenGateway(values))
  if (values.TLS_CERT !== null && values.TLS_KEY === null) problems.push('TLS_CERT needs TLS_KEY')
  if (values.TLS_KEY !== null && values.TLS_CERT === null) problems.push('TLS_KEY needs TLS_CERT')
  for (const name of ['PUBLIC_URL', 'GATEWAY_URL'] as const)
    if (values.TLS_CERT !== null && values[name]?.startsWith('http:') === true)
      problems.push(`${name} begins with http:, but with TLS_CERT only https: is listened for`)
  if (values.ADMIN_EMAIL !== null && values.ADMIN_PASSWORD === null) problems.push('ADMIN_EMAIL needs ADMIN_PASSWORD')
  if (values.ADMIN_PASSWORD !== null && values.ADMIN_EMAIL === null) problems.push('ADMIN_PASSWORD needs ADMIN_EMAIL')
  if (values.SECRET_KEY !== null && values.MASTER_KEY_COMMAND !== null)
    problems.push('SECRET_KEY and MASTER_KEY_COMMAND are both set: the master key comes from one place')
  if (values.SMTP_URL !== null && values.MAIL_FROM === null) problems.push('SMTP_URL needs MAIL_FROM')
  if (values.MAIL_FROM !== null && values.SMTP_URL === null) problems.push('MAIL_FROM needs SMTP_URL')
  const oidc = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const
  const missing = oidc.filter((name) => values[name] === null)
  if (missing.length > 0 && missing.length < oidc.length)
    problems.push(`${oidc.filter((name) => values[name] !== null).join(' and ')} needs ${missing.join(' and ')}`)
  if (values.OIDC_LINK === 'verified-email' && values.SMTP_URL === null)
    problems.push('OIDC_LINK=verified-email needs SMTP_URL: the owner of the account is told by mail')
  if (values.REGISTRATION === 'open' && values.SMTP_URL === null)
    problems.push('REGISTRATION=open needs SMTP_URL: nobody can prove an e-mail address without mail')
  return problems
}
