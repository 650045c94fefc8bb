import { HoldfastError } from '@packages/shared/holdfast-error'
import type { ApiInstance } from '../api-instance.ts'
import { HTTP_LIMITS } from '../http-limits.ts'
import { refuseUnstorableText } from './unstorable-text.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/**
 * Parses a JSON body. Refused are: bytes that are not UTF-8, `__proto__` and `constructor.prototype` keys, nesting
 * deeper than 64, and text that PostgreSQL cannot store (NUL, lone surrogates).
 * @throws HoldfastError `invalid_json`, `invalid_request`
 */
export const parseJsonBody = (bytes: Uint8Array): unknown => {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(bytes), refusePrototypeKeys)
  } catch (cause) {
    if (cause instanceof HoldfastError) throw cause
    throw new HoldfastError('invalid_json', { cause })
  }
  refuseUnstorableText(value, HTTP_LIMITS.jsonDepth)
  return value
}

function refusePrototypeKeys(key: string, value: unknown): unknown {
  if (key === '__proto__' || (key === 'constructor' && isObject(value) && Object.hasOwn(value, 'prototype')))
    throw new HoldfastError('invalid_json', { detail: `The key ${key} is not allowed.` })
  return value
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** JSON is the only body that routes take unless they bring their own parser; everything else answers 415. */
export const installJsonBody = (app: ApiInstance): void => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    async ({ method }: { method: string }, body: Buffer) => {
      if (body.length > 0) return parseJsonBody(body)
      // Many clients name the type with every request, also where there is nothing to say.
      if (method === 'DELETE') return undefined
      throw new HoldfastError('invalid_json', { detail: 'The body is empty.' })
    },
  )
}
