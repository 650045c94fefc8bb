import { z } from 'zod'
import { isLoopback } from './is-loopback.ts'
import { secretJsonList } from './secret-json-list.ts'

/** A Kubo node of the pool, as `KUBO_NODES` names it. */
export type KuboNodeConfig = {
  name: string
  /** Origin of its RPC, without a closing slash. */
  url: string
  token: string | null
  zone: string
  network: 'public' | 'private'
}

/** How many nodes take uploads: the public ones, or all where there are none. */
export const uploadNodes = (nodes: readonly KuboNodeConfig[]): number =>
  nodes.filter(({ network }) => network === 'public').length || nodes.length

/** Why a node may not be spoken to as it is named: what leaves this machine needs a token, and in production mode TLS. Pure. */
export const kuboNodeProblems = (
  { name, url, token }: KuboNodeConfig,
  { isProduction }: { isProduction: boolean },
): string[] => {
  const { hostname, protocol } = new URL(url)
  if (isLoopback(hostname.replace(/^\[|\]$/g, ''))) return []
  const problems: string[] = []
  if (token === null) problems.push(`${name} is on another machine and needs a token`)
  if (isProduction && protocol === 'http:')
    problems.push(`the connection to ${name} is not encrypted: in production mode use https:`)
  return problems
}

const NAME = /^[a-z0-9]([a-z0-9.:-]{0,61}[a-z0-9])?$/i

const rpcOrigin = z.string().transform((text, context): string => {
  const url = URL.parse(text)
  const isBare = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === ''
  if (isBare && (url.protocol === 'http:' || url.protocol === 'https:')) return url.origin
  context.addIssue({ code: 'custom', message: 'url must be an address such as http://10.0.0.2:5001, without a path' })
  return z.NEVER
})

/** What each node says, wherever it is named. */
export const kuboNodeFields = {
  url: rpcOrigin,
  token: z.string().min(1, 'token is empty').max(1_000),
  name: z.string().regex(NAME, 'name may have letters, digits, dots, colons and hyphens'),
  network: z.enum(['public', 'private'], { error: 'network must be public or private' }).default('public'),
} as const

const node = z
  .strictObject({
    ...kuboNodeFields,
    token: kuboNodeFields.token.optional(),
    name: kuboNodeFields.name.optional(),
    zone: z
      .string()
      .max(63)
      .regex(/^[\w.-]*$/, 'zone may have letters, digits, dots and hyphens')
      .default(''),
  })
  .transform(
    ({ name, token = null, ...rest }): KuboNodeConfig => ({
      name: name ?? new URL(rest.url).host,
      token,
      ...rest,
    }),
  )

const nodes = z.array(node).min(1, 'is an empty list').max(100, 'has more than 100 nodes')

export const kuboNodeList = secretJsonList<KuboNodeConfig>(nodes, {
  one: 'node',
  example: '[{"url":"http://127.0.0.1:5001","token":"…","zone":"a","network":"public"}]',
  unique: ['url', 'name'],
})
