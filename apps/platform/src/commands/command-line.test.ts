import { StartError } from '@packages/runtime/start-error'
import { describe, expect, it } from 'vitest'
import { type CommandSyntax, readCommandLine } from './command-line.ts'

const NODES = {
  takes: '[NODE …] [--lines 50] [--follow]',
  options: { lines: { type: 'string', default: '50' }, follow: { type: 'boolean', default: false } },
  words: { min: 0, max: 2 },
} as const
const NOTHING = { takes: '' }
const ONE = { takes: 'FILE', words: { min: 1, max: 1 } }

const read = (syntax: CommandSyntax<(typeof NODES)['options']>, ...args: string[]) =>
  readCommandLine(['node', '/somewhere/ipfs-down.ts', ...args], syntax)

describe('a command line', () => {
  it('has the options and words of the command', () => {
    expect(read(NODES, 'kubo-2', '--lines', '5')).toMatchObject({
      values: { lines: '5', follow: false },
      words: ['kubo-2'],
    })
    expect(read(ONE, '--', '--odd.car').words).toEqual(['--odd.car'])
    expect(read(NOTHING).words).toEqual([])
  })

  it.each<[string, CommandSyntax<(typeof NODES)['options']>, string[]]>([
    ['an option that nobody knows', NODES, ['--bogus']],
    ['one of a command that takes none', NOTHING, ['--bogus']],
    ['an option without its value', NODES, ['--lines']],
    ['a value of an option that has none', NODES, ['--follow=yes']],
    ['a word of a command that takes none', NOTHING, ['kubo-2']],
    ['a word too many', NODES, ['a', 'b', 'c']],
    ['no word where one is needed', ONE, []],
  ])('is refused with one line for %s', (_, syntax, args) => {
    const line = syntax === NOTHING ? 'npm run ipfs:down takes no arguments' : `npm run ipfs:down -- ${syntax.takes}`
    let thrown: unknown
    try {
      read(syntax, ...args)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(StartError)
    expect(thrown).toMatchObject({ exitCode: 64, lines: [line] })
  })
})
