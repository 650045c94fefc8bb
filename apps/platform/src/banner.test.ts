import { expect, test } from 'vitest'
import { banner } from './banner.ts'

const facts = {
  apiUrl: 'http://127.0.0.1:3000',
  gatewayUrl: 'http://127.0.0.1:8080',
  dataDir: '/data',
  setupUrl: null,
  warnings: [],
  dashboardProblem: null,
}

test('tells the addresses, and no link once it is set up', () => {
  const text = banner(facts)
  expect(text).toContain('API and dashboard  http://127.0.0.1:3000\n')
  expect(text).toContain('Gateway            http://127.0.0.1:8080\n')
  expect(text).not.toContain('setup')
})

test('gives the one-time link, with its token where no server sees it', () => {
  expect(banner({ ...facts, setupUrl: 'http://127.0.0.1:3000/setup#token=abc' })).toContain(
    '\n  http://127.0.0.1:3000/setup#token=abc\n',
  )
})

test('a role that does not run has no address', () => {
  expect(banner({ ...facts, apiUrl: null })).not.toContain('API')
})

test('a dashboard that could not be built is told', () => {
  expect(banner({ ...facts, dashboardProblem: 'no disk' })).toContain(
    'The dashboard could not be built; the API runs without it. no disk',
  )
})

test('warnings stand out', () => {
  expect(banner({ ...facts, warnings: ['one', 'two'] })).toContain('\n\nWARNING: one\n\nWARNING: two\n')
})
