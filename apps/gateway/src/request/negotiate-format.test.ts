import { describe, expect, it } from 'vitest'
import { negotiateFormat } from './negotiate-format.ts'

describe('negotiateFormat', () => {
  it.each([
    [undefined, undefined, 'file', false],
    [undefined, '*/*', 'file', false],
    [undefined, 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8', 'file', false],
    [undefined, 'application/json', 'file', false],
    [undefined, 'application/vnd.ipld.raw', 'raw', true],
    [undefined, 'Application/VND.ipld.RAW; q=0.9', 'raw', true],
    [undefined, 'application/vnd.ipld.car; version=1; order=dfs', 'car', true],
    [undefined, 'application/vnd.ipld.raw;q=0', 'file', false],
    [undefined, 'application/vnd.ipld.car;q=0.5, application/vnd.ipld.raw', 'raw', true],
    [undefined, 'text/html, application/vnd.ipld.raw;q=0.1', 'file', false],
    ['raw', undefined, 'raw', false],
    // IPIP-523: the parameter beats Accept.
    ['raw', 'application/vnd.ipld.car', 'raw', false],
    ['', 'application/vnd.ipld.car', 'car', true],
    ['tar', 'text/html', 'tar', false],
  ])('format %s, Accept %s: %s', (format, accept, expected, byAccept) => {
    expect(negotiateFormat(format, accept)).toEqual({ format: expected, byAccept })
  })

  it('refuses a format that no specification knows', () => {
    expect(() => negotiateFormat('exe', undefined)).toThrow('The format is not known.')
  })
})
