import { HoldfastError } from '@packages/shared/holdfast-error'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeCursor, encodeCursor } from './cursor.ts'

const ID = '019a7b1c-0000-7000-8000-000000000001'

describe('cursor', () => {
  it('gives back the id that it was made from', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.option(fc.string()), (id, name) => {
        const filters = { name: name ?? undefined }
        expect(decodeCursor(encodeCursor(id, filters), filters)).toBe(id)
      }),
    )
  })

  it('does not care about the order of filters nor about absent ones', () => {
    expect(decodeCursor(encodeCursor(ID, { a: '1', b: '2' }), { b: '2', a: '1', c: undefined })).toBe(ID)
  })

  it.each([
    ['', {}],
    ['nonsense', {}],
    ['a'.repeat(5000), {}],
    ['../../etc', {}],
    [`${encodeCursor(ID, {})}A`, {}],
    [encodeCursor(ID, {}).slice(0, -1), {}],
    [`${encodeCursor(ID, {})}=`, {}],
    [encodeCursor(ID, {}), { name: 'other' }],
  ])('refuses %s', (cursor, filters) => {
    expect(() => decodeCursor(cursor, filters)).toThrow(HoldfastError)
  })
})
