import { expect, it } from 'vitest'
import { requirePlainBody } from './plain-body.ts'

const asked =
  (coding: string | undefined, about: Record<string, string> = { 'content-length': '5' }) =>
  () =>
    requirePlainBody({ 'content-encoding': coding, ...about })

it.each([undefined, '', 'identity', 'Identity', 'identity, identity'])('takes a body whose coding is %j', (coding) => {
  expect(asked(coding)).not.toThrow()
})

it.each([
  'gzip',
  'GZIP',
  'x-gzip',
  'deflate',
  'br',
  'zstd',
  'aws-chunked',
  'identity, gzip',
  'gzip, identity',
  'identitygzip',
])('refuses a body whose coding is %j', (coding) => {
  expect(asked(coding)).toThrow(expect.objectContaining({ code: 'unsupported_media_type' }))
  expect(asked(coding, { 'transfer-encoding': 'chunked' })).toThrow()
  expect(asked(coding, {})).not.toThrow()
  expect(asked(coding, { 'content-length': '0' })).not.toThrow()
})
