import { expect, it } from 'vitest'
import { HostTable } from './host-table.ts'

const counted = (limit?: number) => {
  const read: string[] = []
  return { read, table: new HostTable((host) => read.push(host), limit) }
}

it('reads a host once', () => {
  const { read, table } = counted()
  for (let turn = 0; turn < 3; turn++) expect(table.of('a.example')).toBe(1)
  expect(read).toEqual(['a.example'])
})

it('remembers that there was nothing to read, too', () => {
  let asked = 0
  const table = new HostTable((): undefined => void asked++)
  for (let turn = 0; turn < 3; turn++) expect(table.of('a.example')).toBeUndefined()
  expect(asked).toBe(1)
})

it('remembers no more hosts than its limit, and none that is longer than a host can be', () => {
  const { read, table } = counted(2)
  const long = `${'a'.repeat(262)}`
  for (const host of ['a', long, 'b', long, 'a', 'b']) table.of(host)
  expect(read).toEqual(['a', long, 'b', long])
  table.of('c')
  table.of('a')
  expect(read.slice(4)).toEqual(['c', 'a'])
})

it('remembers ten thousand where nothing else is said', () => {
  const { read, table } = counted()
  for (let host = 0; host < 10_000; host++) table.of(`${host}.example`)
  table.of('0.example')
  expect(read).toHaveLength(10_000)
  table.of('one-more.example')
  table.of('0.example')
  expect(read).toHaveLength(10_002)
})
