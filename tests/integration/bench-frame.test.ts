import { describe, expect, it } from 'vitest'
import type { Contestant } from '../load/contestants/contestant.ts'
import type { BenchRow } from '../load/frame/bench-row.ts'
import { inPairs } from '../load/frame/in-pairs.ts'
import { median } from '../load/frame/median.ts'
import { readOptions } from '../load/frame/options.ts'
import { tableLine, toReportRow } from '../load/frame/report.ts'
import { runRow } from '../load/frame/run-row.ts'
import { type RawResponse, ResponseReader } from '../load/http/response-reader.ts'
import { ALL_ROWS } from '../load/rows/all-rows.ts'

const request = { path: '/', headers: {}, before: Buffer.alloc(0), after: Buffer.alloc(0) }

const contestant = (name: string): Contestant => ({
  name,
  version: '1',
  pid: process.pid,
  api: new URL('http://127.0.0.1:1'),
  gateway: new URL('http://127.0.0.1:1'),
  addRequest: request,
  addFolderRequest: { ...request, part: () => Buffer.alloc(0) },
  dryRunRequest: request,
  importCarRequest: request,
  readCid: (_, body) => body,
  stop: async () => undefined,
})
const silent = () => undefined

it('what is compared within one round takes turns at going first, and keeps its place in each pair', async () => {
  const order: string[] = []
  const one = (name: string) => async (): Promise<string> => {
    order.push(name)
    return `${name}${order.length}`
  }
  expect(await inPairs(3, one('a'), one('b'))).toEqual([
    ['a1', 'b2'],
    ['a4', 'b3'],
    ['a5', 'b6'],
  ])
  expect(order.join('')).toBe('abbaab')
})

describe('a row of the bench', () => {
  it('warms each contestant up, then takes turns at going first, and reports medians', async () => {
    const order: string[] = []
    const figures: Record<string, number[]> = { holdfast: [999, 3, 1, 2], kubo: [999, 1, 2, 30] }
    const row: BenchRow = {
      name: 'row',
      unit: 'things/s',
      about: '',
      prepare:
        async ({ name }) =>
        async (round) => {
          order.push(`${name}${round}`)
          return { value: figures[name]?.[round] ?? 0 }
        },
    }
    const results = await runRow(row, [contestant('holdfast'), contestant('kubo')], 3, silent)
    expect(order).toEqual(['holdfast0', 'kubo0', 'kubo1', 'holdfast1', 'holdfast2', 'kubo2', 'kubo3', 'holdfast3'])
    const report = toReportRow(row, results, 3)
    const nothingPlain = { plain: null, plainRatio: null }
    const facts = { row: 'row', unit: 'things/s', ours: 2, peer: 2, peerName: 'kubo', ratio: 1, rounds: 3 }
    expect(report).toMatchObject({ ...facts, ...nothingPlain })
    const [mine, theirs] = results.map((result) => ({ ...result, serverCores: 0.5 }))
    const plain = { ...theirs, contestant: 'nginx', value: 4, serverCores: 1 }
    const all = [mine, { ...theirs, serverCores: 1 }, plain] as typeof results
    expect(toReportRow(row, all, 3)).toMatchObject({ ...facts, ratioPerCpu: 2, plain: 4, plainRatio: 0.5 })
    expect(tableLine(report, results)).toContain('| 1.00 |')
    const [ours] = results
    expect(toReportRow(row, ours === undefined ? [] : [ours], 3)).toMatchObject({
      peer: null,
      peerName: null,
      ratio: null,
    })
  })

  it('fails when the contestants did not do the same work', async () => {
    const row: BenchRow = {
      name: 'row',
      unit: 'things/s',
      about: '',
      prepare:
        async ({ name }) =>
        async () => ({ value: 1, proof: name }),
    }
    await expect(runRow(row, [contestant('a'), contestant('b')], 1, silent)).rejects.toThrow('not the same work')
  })
})

describe('the bench', () => {
  it('has the median of an odd and of an even number of values', () => {
    expect([median([9, 1, 5]), median([4, 1, 2, 100])]).toEqual([5, 3])
  })

  it('picks rows and refuses unknown ones', () => {
    expect(readOptions(['--rows', 'gateway-1k,upload-256m'], ALL_ROWS).rows.map(({ name }) => name)).toEqual([
      'gateway-1k',
      'upload-256m',
    ])
    expect(() => readOptions(['--rows', 'nothing'], ALL_ROWS)).toThrow('there is no row nothing')
    expect(() => readOptions(['--rounds', '0'], ALL_ROWS)).toThrow('--rounds')
  })

  it.each([
    ['a length', 'HTTP/1.1 201 Created\r\nContent-Length: 5\r\nx: y\r\n\r\nhello', { status: 201, body: 'hello' }],
    ['no body', 'HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n', { status: 204, body: '' }],
    [
      'chunks and a trailer',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Stream-Error: none\r\n\r\n',
      { status: 200, body: expect.stringContaining('hello') },
    ],
  ])('reads a response with %s however it is cut', (_, text, expected) => {
    for (const size of [1, 2, 7, 1000]) {
      const reader = new ResponseReader()
      // Twice, as on a kept connection.
      for (let turn = 0; turn < 2; turn++) {
        const found: (RawResponse | undefined)[] = []
        for (let at = 0; at < text.length; at += size) found.push(reader.push(Buffer.from(text.slice(at, at + size))))
        expect(found.at(-1)).toMatchObject(expected)
        expect(found.slice(0, -1).every((each) => each === undefined)).toBe(true)
      }
    }
  })
})
