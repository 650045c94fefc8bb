import { HoldfastError } from '@packages/shared/holdfast-error'

/** A name longer than this fits into no common file system. */
const MAX_NAME_BYTES = 255
const MAX_LEVELS = 64
/** What of a path an error repeats. */
const SHOWN_CHARACTERS = 200

/**
 * The names of a path within a folder, such as `photos/2024/a.jpg`.
 * @throws HoldfastError `invalid_path`, whose detail names the path, see `checkPathSegments`
 */
export const parseFolderPath = (text: string): string[] => {
  if (text.length > MAX_LEVELS * (MAX_NAME_BYTES + 1)) throw invalidPath(text, 'it is too long')
  const segments = text.split('/')
  checkPathSegments(segments)
  return segments
}

/**
 * Refuses names that mean something else than an entry of a folder: empty ones, `.`, `..` (also between backslashes,
 * which are separators where somebody may unpack the folder), a slash or NUL in a name, and text that is not Unicode;
 * names over 255 bytes and paths over 64 levels.
 * @throws HoldfastError `invalid_path`, whose detail names the path
 */
export const checkPathSegments = (segments: readonly string[]): void => {
  const text = () => segments.join('/')
  if (segments.length > MAX_LEVELS) throw invalidPath(text(), `it has more than ${MAX_LEVELS} levels`)
  for (const name of segments) {
    if (name === '') throw invalidPath(text(), 'a name is empty')
    if (name === '.' || name === '..') throw invalidPath(text(), `"${name}" is no name`)
    if (name.includes('/')) throw invalidPath(text(), 'a name has a slash')
    if (name.includes('\0')) throw invalidPath(text(), 'a name has a NUL character')
    if (name.includes('\\') && name.split('\\').includes('..')) throw invalidPath(text(), '".." is no name')
    if (!name.isWellFormed()) throw invalidPath(text(), 'a name is not Unicode')
    if (name.length * 3 > MAX_NAME_BYTES && Buffer.byteLength(name) > MAX_NAME_BYTES)
      throw invalidPath(text(), `a name has more than ${MAX_NAME_BYTES} bytes`)
  }
}

/** An `invalid_path` error about `text`, shown as far as is good for reading. */
export const invalidPath = (text: string, reason: string): HoldfastError => {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text
  return new HoldfastError('invalid_path', { detail: `The path ${JSON.stringify(shown)} cannot be used: ${reason}.` })
}
