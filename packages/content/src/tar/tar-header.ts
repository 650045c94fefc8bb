const BLOCK = 512
const MAX_OCTAL_SIZE = 8 ** 11 - 1

export type TarEntry = {
  /** Relative, with slashes; of a directory without the last one. */
  path: string
  type: 'file' | 'directory' | 'symlink'
  /** Bytes of a file. */
  size: number
  /** Where a symlink points to. */
  target?: string
}

const FLAGS = { file: '0', symlink: '2', directory: '5', extended: 'x' } as const
const MODES = { file: 0o644, symlink: 0o777, directory: 0o755, extended: 0o644 } as const

/** Bytes that are missing to a whole block. */
export const tarPadding = (size: number): Buffer => Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)

/** What a TAR ends in. */
export const TAR_END: Uint8Array = Buffer.alloc(2 * BLOCK)

// oxlint-disable-next-line no-control-regex -- what a plain header can say
const isPlain = (text: string): boolean => /^[\u0020-\u007e]*$/.test(text) && text.length <= 100

const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`

/** One record of an extended header: its length, which counts itself, then key and value. */
const record = (key: string, value: string): string => {
  const rest = Buffer.byteLength(` ${key}=${value}\n`)
  let length = rest
  while (String(length).length + rest !== length) length = String(length).length + rest
  return `${length} ${key}=${value}\n`
}

type Fields = { name: string; size: number; target: string }

const ustar = (kind: keyof typeof FLAGS, { name, size, target }: Fields): Buffer => {
  const header = Buffer.alloc(BLOCK)
  header.write(name, 0, 100, 'latin1')
  header.write(octal(MODES[kind], 7), 100, 'latin1')
  header.write(octal(0, 7), 108, 'latin1')
  header.write(octal(0, 7), 116, 'latin1')
  header.write(octal(size, 11), 124, 'latin1')
  // No time: the same content gives the same bytes.
  header.write(octal(0, 11), 136, 'latin1')
  header.fill(' ', 148, 156)
  header.write(FLAGS[kind], 156, 'latin1')
  header.write(target, 157, 100, 'latin1')
  header.write('ustar\u000000', 257, 'latin1')
  let sum = 0
  for (const byte of header) sum += byte
  header.write(`${octal(sum, 6)} `, 148, 'latin1')
  return header
}

const shortened = (text: string): string => text.replace(/[^\x20-\x7e]/g, '_').slice(0, 100)

/** The header of an entry (POSIX.1-2001, pax): plain where that can say it, with an extended one before it else. */
export const tarHeader = ({ path, type, size, target = '' }: TarEntry): Buffer => {
  const name = type === 'directory' ? `${path}/` : path
  const records = [
    ...(isPlain(name) ? [] : [record('path', name)]),
    ...(isPlain(target) ? [] : [record('linkpath', target)]),
    ...(size <= MAX_OCTAL_SIZE ? [] : [record('size', String(size))]),
  ].join('')
  const own = ustar(type, {
    name: shortened(name),
    size: size <= MAX_OCTAL_SIZE ? size : 0,
    target: shortened(target),
  })
  if (records === '') return own
  const extended = Buffer.from(records)
  return Buffer.concat([
    ustar('extended', { name: 'PaxHeader', size: extended.length, target: '' }),
    extended,
    tarPadding(extended.length),
    own,
  ])
}
