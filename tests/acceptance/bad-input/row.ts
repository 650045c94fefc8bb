import type { RawRequest } from '../raw-request.ts'

/** What rows may name: credentials and one held file of the platform that they are sent to. */
export type BadInputContext = {
  key: string
  /** May read files and nothing else. */
  readOnlyKey: string
  accessToken: string
  cookie: string
  cid: string
  name: string
}

/** One request that must be refused, with the status and the code of its answer. */
export type BadInputRow = {
  name: string
  to: 'api' | 'gateway'
  request: (context: BadInputContext) => RawRequest
  status: number
  code: string
}

export const bearer = (token: string): readonly [string, string] => ['Authorization', `Bearer ${token}`]

export const JSON_TYPE = ['Content-Type', 'application/json'] as const
