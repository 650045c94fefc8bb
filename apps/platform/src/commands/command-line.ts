import { basename } from 'node:path'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { StartError } from '@packages/runtime/start-error'

/** `EX_USAGE` of sysexits.h: the command was not called as it can be. */
export const EXIT_USAGE = 64

/** What may stand after a command's name: nothing, unless it says so. */
export type CommandSyntax<Options extends ParseArgsOptionsConfig> = {
  /** As people are told it, such as `[--nodes 1…20]`. */
  takes: string
  options?: Options
  /** How many words may come that are no options. */
  words?: { min: number; max: number }
}

export type CommandLine<Options extends ParseArgsOptionsConfig> = {
  values: ReturnType<typeof parseArgs<{ options: Options }>>['values']
  words: string[]
  /** To be thrown when a value is none that the command takes: tells how it is called. */
  misuse: StartError
}

/** One line on what is wrong with how a command was called, and exit code 64. */
export const usageError = (line: string): StartError => new StartError(line, { exitCode: EXIT_USAGE })

/** What npm calls the command in a file: `ipfs:up` for `ipfs-up.ts`. */
const scriptOf = (file: string): string => basename(file, '.ts').replace('-', ':')

/**
 * Reads how a command was called.
 * @param argv that of the process, whose second entry is the command's file
 * @throws StartError of exit code 64 for options and words that the command does not take
 */
export const readCommandLine = <Options extends ParseArgsOptionsConfig>(
  argv: readonly string[],
  { takes, options, words = { min: 0, max: 0 } }: CommandSyntax<Options>,
): CommandLine<Options> => {
  const [, file = '', ...args] = argv
  const misuse = usageError(
    takes === '' ? `npm run ${scriptOf(file)} takes no arguments` : `npm run ${scriptOf(file)} -- ${takes}`,
  )
  const read = (): Pick<CommandLine<Options>, 'values'> & { positionals: string[] } => {
    try {
      return parseArgs({ args, options: options ?? ({} as Options), allowPositionals: true })
    } catch (error) {
      if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS_')) throw misuse
      throw error
    }
  }
  const { values, positionals } = read()
  if (positionals.length < words.min || positionals.length > words.max) throw misuse
  return { values, words: positionals, misuse }
}
