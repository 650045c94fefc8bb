import { invalidPath, parseFolderPath } from '@packages/content/unixfs/folder-path'
import { decodeUtf8 } from '../upload-body/multipart/decode-utf8.ts'

const DIRECTORY_TYPE = /^application\/x-directory\s*(?:;|$)/i

/** What the header of a part `file` says about its place. `filename` is still latin1. */
export type PartPlace = { filename: string | null; contentType: string | null }

/** A directory is a part of the type `application/x-directory`, as Kubo's clients send it, or one whose path ends in `/`. */
export const isDirectoryPart = ({ filename, contentType }: PartPlace): boolean =>
  (contentType !== null && DIRECTORY_TYPE.test(contentType)) || filename?.endsWith('/') === true

/**
 * The names of a part's path within the folder that is uploaded. Browsers and curl write `"` and line ends as %22, %0D and
 * %0A (WHATWG HTML, "multipart form data"); these three are read back, everything else is taken as it stands.
 * @throws HoldfastError `invalid_path`, whose detail names the path
 */
export const pathOfPart = (part: PartPlace): string[] => {
  const text = part.filename === null ? undefined : decodeUtf8(part.filename)
  if (text === undefined)
    throw invalidPath(part.filename ?? '', part.filename === null ? 'a part has no filename' : 'it is not valid UTF-8')
  const path = unescapeFilename(text)
  return parseFolderPath(isDirectoryPart(part) && path.endsWith('/') ? path.slice(0, -1) : path)
}

/**
 * The path of a part that came alone, when its filename is one: anything with a `/` in it, and `..` between backslashes.
 * Other backslashes belong to a label (`C:\x`), as RFC 7578, section 4.2, takes it.
 * @throws HoldfastError `invalid_path`, as for one of many: what is stored would have another name than was sent
 */
export const pathOfOnlyPart = (part: PartPlace): string[] | undefined => {
  const { filename } = part
  const climbs = filename?.includes('\\') === true && filename.split('\\').includes('..')
  return filename?.includes('/') === true || climbs ? pathOfPart(part) : undefined
}

const unescapeFilename = (text: string): string =>
  text.replace(/%(22|0D|0A)/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
