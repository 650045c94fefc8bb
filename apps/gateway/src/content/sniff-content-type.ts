import { isUtf8 } from 'node:buffer'
import { fileTypeFromBuffer } from 'file-type'
import { withCharset } from '../plan/content-type-of-name.ts'
import { mayHaveSignature } from './known-signatures.ts'

/** How much of a file's start is looked at: what file-type wants to tell all that it knows. */
export const SNIFFED_BYTES = 4100

// oxlint-disable-next-line no-control-regex -- control characters are what tells binary from text
const BINARY = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/
/** WHATWG MIME Sniffing, 7.1: tags that make text HTML, after white space, each but the comment followed by a space or `>`. */
const HTML =
  /^\s*<(?:!--|(?:!doctype html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p)(?:[\s>]|$))/i
// A comment matches in one way only: with a lazy `.*?` many comments would take exponential time.
const SVG = /^\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->)[\s\S])*-->\s*)*(?:<!doctype svg[^>]*>\s*)?<svg[\s/>]/i
const XML = /^\s*<\?xml[\s?]/i

/** The most bytes that a character takes in UTF-8. */
const CHARACTER_BYTES = 4

/** Where the last character begins, when `head` ends before it is whole; else the length of `head`. */
const wholeCharacters = (head: Uint8Array): number => {
  for (let back = 1; back < CHARACTER_BYTES && back <= head.length; back++) {
    const byte = head[head.length - back] ?? 0
    const isContinuation = byte >= 0x80 && byte < 0xc0
    if (isContinuation) continue
    const bytes = byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : CHARACTER_BYTES
    return bytes > back ? head.length - back : head.length
  }
  return head.length
}

/**
 * UTF-8 text, when `head` is that; a character cut in two by the end of `head` is forgiven. Most files are not text, and the error of a
 * fatal TextDecoder that says so was a tenth of what a file costs that is read for the first time.
 */
const decodeText = (head: Uint8Array): string | undefined => {
  if (!isUtf8(head.subarray(0, wholeCharacters(head)))) return undefined
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return BINARY.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** Only what is whole in the first bytes can be known for JSON; lists and maps, since `1` is text to most. */
const isJson = (text: string): boolean => {
  if (!/^\s*[[{]/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const typeOfText = (text: string): string => {
  if (SVG.test(text)) return 'image/svg+xml'
  if (HTML.test(text)) return 'text/html'
  if (XML.test(text)) return 'application/xml'
  return isJson(text) ? 'application/json' : 'text/plain'
}

/**
 * The media type that the first bytes of a file speak for. Only a hint to browsers: what could act gets a sandbox
 * by its type, and `nosniff` keeps browsers from a second opinion.
 */
export const sniffContentType = (head: Uint8Array): string | Promise<string> => {
  const text = decodeText(head)
  if (text !== undefined) return withCharset(typeOfText(text))
  return mayHaveSignature(head) ? typeOfSignature(head) : 'application/octet-stream'
}

const typeOfSignature = async (head: Uint8Array): Promise<string> => {
  const found = await fileTypeFromBuffer(head)
  return found === undefined ? 'application/octet-stream' : withCharset(found.mime)
}
