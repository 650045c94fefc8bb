import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bulkPinLineSchema } from '../schemas.ts'
import { formatOf, lineReader } from './line-format.ts'
import { parseCsvLine } from './parse-csv-line.ts'

const quote = (field: string): string => `"${field.replaceAll('"', '""')}"`

describe('parseCsvLine', () => {
  it('gives back what was written, quoted or plain', () => {
    const field = fc.string({ unit: 'grapheme', maxLength: 12 })
    fc.assert(
      fc.property(fc.array(field, { minLength: 1, maxLength: 6 }), (fields) => {
        expect(parseCsvLine(fields.map(quote).join(','))).toEqual(fields)
        const plain = fields.map((one) => one.replaceAll(/[",]/g, ''))
        expect(parseCsvLine(plain.join(','))).toEqual(plain)
      }),
    )
  })

  it.each([
    ['', ['']],
    [',', ['', '']],
    ['a,,b', ['a', '', 'b']],
    ['a,', ['a', '']],
    ['"a,b","""c"""', ['a,b', '"c"']],
    [' a , b', [' a ', ' b']],
  ])('%j', (text, fields) => {
    expect(parseCsvLine(text)).toEqual(fields)
  })

  it.each(['"a', 'a"b', '"a"b', '"a" ,b', '"', 'a,"'])('refuses %j', (text) => {
    expect(() => parseCsvLine(text)).toThrow(expect.objectContaining({ code: 'invalid_request' }))
  })
})

const reads = (format: 'ndjson' | 'csv', ...lines: (string | Buffer)[]) => {
  const read = lineReader(format, bulkPinLineSchema)
  return lines.map((line) => {
    try {
      return read(Buffer.from(line as string))
    } catch (error) {
      return (error as { code?: string }).code
    }
  })
}

describe('lines', () => {
  it.each([
    ['{"cid":"b"}', { cid: 'b' }],
    ['{"cid":"b","name":"n","meta":{"a":1}}', { cid: 'b', name: 'n', meta: { a: 1 } }],
    ['{"cid":"b","color":1}', 'unknown_field'],
    ['{"cid":7}', 'invalid_request'],
    ['{}', 'invalid_request'],
    ['[]', 'invalid_request'],
    ['null', 'invalid_request'],
    ['{', 'invalid_json'],
    ['{"cid":"b"} {"cid":"b"}', 'invalid_json'],
    ['{"cid":"b","__proto__":{}}', 'invalid_json'],
    ['{"cid":"b","name":"a\\u0000"}', 'invalid_request'],
    ['{"cid":"b","name":"\\ud800"}', 'invalid_request'],
    [`${'{"meta":'.repeat(100)}1${'}'.repeat(100)}`, 'invalid_json'],
    [Buffer.from([0x22, 0xff, 0x22]), 'invalid_json'],
  ])('NDJSON: %j', (line, expected) => {
    expect(reads('ndjson', line)).toEqual([expected])
  })

  it.each([
    ['b,n,"{""a"":1}"', { cid: 'b', name: 'n', meta: { a: 1 } }],
    ['b,,', { cid: 'b' }],
    [',n,', 'invalid_request'],
    ['b,n', 'invalid_request'],
    ['b,n,,x', 'invalid_request'],
    ['b,n,{', 'invalid_metadata'],
    ['b,n,[]', 'invalid_metadata'],
    ['b,n\0,', 'invalid_request'],
    ['"b', 'invalid_request'],
    [Buffer.from([0xff, 0x2c, 0x2c]), 'invalid_request'],
  ])('CSV: %j', (line, expected) => {
    expect(reads('csv', 'cid,name,meta', line)).toEqual([undefined, expected])
  })

  it('columns of a table come in any order, and no others', () => {
    expect(reads('csv', 'Name, CID', 'n,b')).toEqual([undefined, { cid: 'b', name: 'n' }])
    for (const header of ['name', 'cid,cid', 'cid,color', '', 'cid;name', '"cid'])
      expect(reads('csv', header)[0]).toBe('invalid_request')
  })

  it('is told by the media type', () => {
    expect(['text/csv; charset=utf-8', 'TEXT/CSV', 'application/x-ndjson', undefined].map(formatOf)).toEqual([
      'csv',
      'csv',
      'ndjson',
      'ndjson',
    ])
  })
})
