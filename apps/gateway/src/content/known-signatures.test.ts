import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as fc from 'fast-check'
import { fileTypeFromBuffer } from 'file-type'
import { describe, expect, it } from 'vitest'
import { mayHaveSignature } from './known-signatures.ts'

type Signature = { offset: number; bytes: number[] }

const bytesOf = (literal: string): number[] =>
  literal.startsWith('[')
    ? literal.slice(1, -1).split(',').map(Number)
    : [
        ...Buffer.from(
          literal
            .slice(1, -1)
            .replace(/\\0|\\u0000/g, '\0')
            .replaceAll('\\\\', '\\'),
          'latin1',
        ),
      ]

/** What file-type looks for first, read from its source: each condition of its two detectors, without what must be there besides. */
const signatures = (): Signature[] => {
  const source = readFileSync(fileURLToPath(import.meta.resolve('file-type/core')), 'utf8').replace(
    /^.*?detectConfident = /s,
    '',
  )
  return [...source.matchAll(/^\t\tif \(([\s\S]*?)\) \{/gm)].flatMap(([, condition = '']) => {
    const first = condition.replace(/&&\s*\((?:[^()]|\([^()]*\))*\)/g, '').replace(/&&\s*this\.check\w*\([^)]*\)/g, '')
    return [...first.matchAll(/this\.check(?:String)?\((\[[^\]]*\]|'[^']*')(?:, \{(?:offset: (\d+))?)?/g)].map(
      ([, literal = '', offset]) => ({ bytes: bytesOf(literal), offset: Number(offset ?? 0) }),
    )
  })
}

const headWith = ({ offset, bytes }: Signature): Uint8Array => {
  // No signature holds this byte where it could count.
  const head = new Uint8Array(4100).fill(0x81)
  head.set(bytes, offset)
  return head
}

describe('mayHaveSignature', () => {
  it('knows the start of each signature that file-type looks for', () => {
    const found = signatures()
    expect(found.length).toBeGreaterThan(140)
    expect(found.filter((signature) => !mayHaveSignature(headWith(signature)))).toEqual([])
  })

  it('says no only where file-type knows nothing', async () => {
    const start = fc.oneof(fc.constantFrom(...signatures()).map(headWith), fc.uint8Array({ maxLength: 300 }))
    const changed = fc.tuple(start, fc.nat(40), fc.nat(255)).map(([head, at, byte]) => {
      const copy = head.slice()
      copy[at] = byte
      return copy
    })
    await fc.assert(
      fc.asyncProperty(changed, async (head) => {
        if (!mayHaveSignature(head)) expect(await fileTypeFromBuffer(head)).toBeUndefined()
      }),
      { numRuns: 500 },
    )
  })

  it.each([
    ['what looks random', '9c41e2b1770d'],
    ['small numbers', '010203040506'],
  ])('says no to %s', (_what, hex) => {
    expect(mayHaveSignature(Buffer.concat([Buffer.from(hex, 'hex'), Buffer.alloc(300, 0x81)]))).toBe(false)
  })

  it('counts what is behind a short end as zeros, as file-type does', () => {
    expect(mayHaveSignature(Buffer.from('9c41e2b1', 'hex'))).toBe(true)
  })
})
