import { HoldfastError } from '@packages/shared/holdfast-error'
import { expect, it } from 'vitest'
import { planError } from './plan-error.ts'

const headersOf = (accept: string | undefined): Map<string, string> => {
  const { headers } = planError('GET', accept, new HoldfastError('not_found'))
  return new Map(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? '']] : [])))
}

it.each([
  [undefined, 'text/plain; charset=utf-8'],
  ['*/*', 'text/plain; charset=utf-8'],
  ['text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', 'text/html; charset=utf-8'],
  ['application/json', 'application/problem+json'],
  ['application/problem+json, text/html', 'application/problem+json'],
  ['text/html;q=0', 'text/plain; charset=utf-8'],
  ['text/html;q=0, application/json;q=0.0, */*', 'text/plain; charset=utf-8'],
  ['text/html;q=0.2, application/json', 'application/problem+json'],
  ['application/json;q=0.2, text/html', 'text/html; charset=utf-8'],
  ['text/html;level=1, */*;q=0.1', 'text/html; charset=utf-8'],
  ['nottext/html', 'text/plain; charset=utf-8'],
])('who accepts %s is told in %s, of which nothing is kept, run or loaded', (accept, type) => {
  const headers = headersOf(accept)
  expect(headers.get('Content-Type')).toBe(type)
  expect(headers.get('Cache-Control')).toBe('no-store')
  expect(headers.get('Content-Security-Policy')).toMatch(/^default-src 'none'; frame-ancestors 'none'/)
  expect(headers.get('Content-Security-Policy')).not.toMatch(/script|img|connect/)
})

it('a page shows what it is told as text, whatever that holds', () => {
  const error = new HoldfastError('invalid_path', { detail: '<img src=x onerror=alert(1)>\u202e"' })
  const { status, headers, body } = planError('GET', 'text/html', error)
  expect(status).toBe(400)
  expect(String(body)).toContain('&#60;img src=x onerror=alert(1)&#62;\ufffd&#34;')
  expect(headers[headers.indexOf('Content-Length') + 1]).toBe(String((body as Buffer).length))
  expect(planError('HEAD', 'text/html', error)).toEqual({ status, headers, body: null })
})
