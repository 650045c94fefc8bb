import { expect, test } from 'vitest'
import { createLogger } from './logger.ts'

const capture = (format: 'json' | 'text') => {
  const lines: string[] = []
  const logger = createLogger({ level: 'debug', format, destination: { write: (line) => void lines.push(line) } })
  return { lines, logger }
}

const secrets: [string, object][] = [
  ['authorization header', { headers: { authorization: 'hunter2' } }],
  ['cookie header', { headers: { cookie: 'hunter2' } }],
  ['password', { body: { password: 'hunter2' } }],
  ['token', { accessToken: 'hunter2', refresh_token: 'hunter2', token: 'hunter2' }],
  ['key', { apiKey: 'hunter2', key: 'hunter2', secret: 'hunter2' }],
  ['list', { keys: [{ key: 'hunter2' }] }],
  ['address', { url: 'postgresql://holdfast:hunter2@db/x' }],
  ['API key inside of text', { text: 'sent hfast_hunter2 twice' }],
  ...['hfrt', 'hflink', 'hfmfa', 'hfdc', 'hfok', 'hfer'].map((kind): [string, object] => [
    `${kind} inside of text`,
    { text: `sent ${kind}_hunter2 twice` },
  ]),
  ['bearer credential inside of text', { text: 'Bearer hunter2' }],
  ['error', { err: Object.assign(new Error('postgresql://u:hunter2@db failed'), { password: 'hunter2' }) }],
]
test.each(secrets)('hides a secret in: %s', (_name, fields) => {
  const { lines, logger } = capture('json')
  logger.info(fields, 'Bearer hunter2')
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('hunter2')
  expect(lines[0]).toContain('[hidden]')
})

test('leaves what is no secret, and errors whole', () => {
  const { lines, logger } = capture('json')
  logger.error({ cid: 'bafy', nested: { size: 3 }, err: new Error('boom') }, 'failed')
  const entry = JSON.parse(lines[0] ?? '')
  expect(entry).toMatchObject({
    msg: 'failed',
    cid: 'bafy',
    nested: { size: 3 },
    err: { type: 'Error', message: 'boom' },
  })
  expect(entry.err.stack).toContain('logger.test.ts')
})

test('tells the causes of an error and its plain values, and not the objects that hang on it', () => {
  const { lines, logger } = capture('json')
  const cause = new Error('the disk is full')
  logger.error(
    { err: Object.assign(new Error('no', { cause }), { code: 'E1', client: { big: { thing: 1 } } }) },
    'failed',
  )
  const { err } = JSON.parse(lines[0] ?? '')
  expect(err.code).toBe('E1')
  expect(err.stack).toContain('the disk is full')
  expect(err).not.toHaveProperty('client')
})

test('keeps below its level', () => {
  const { lines, logger } = capture('json')
  logger.trace({}, 'not shown')
  expect(lines).toEqual([])
})

test('writes text for people', () => {
  const { lines, logger } = capture('text')
  logger.child({ part: 'api' }).warn({ port: 3000, err: new Error('boom') }, 'slow')
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d WARN {2}slow part=api port=3000\n {2}Error: boom\n {6}at /)
})

test('lets nobody forge lines of text or give orders to the terminal', () => {
  const { lines, logger } = capture('text')
  const evil = 'a\n12:00:00 INFO  forged\r\u001b[2J\u007f\u009b31m\u2028\u2029\0'
  const err = new Error('x')
  err.stack = `Error: ${evil}\n    at here`
  logger.info({ text: evil, nested: { text: evil }, [evil]: 1, err }, evil)
  const line = lines[0] ?? ''
  expect(line.match(/[^\P{Cc}\n]|[\u2028\u2029]/gu)).toBeNull()
  // The line, and the three of the stack; those stand further in than a line of the log.
  expect(line.split('\n').map((one) => one.slice(0, 2).trim().length > 0)).toEqual([true, false, false, false, false])
  expect(line).toContain(
    ' a\\u000a12:00:00 INFO  forged\\u000d\\u001b[2J\\u007f\\u009b31m\\u2028\\u2029\\u0000 text=a\\u000a',
  )
})
