import { lookup } from 'mrmime'

const TEXTUAL = /^(?:text\/|application\/(?:javascript|xml|.+\+json|.+\+xml)$|image\/svg\+xml$)/

/** The media type that a name's extension stands for, text with its charset; `undefined` when it says nothing. */
export const contentTypeOfName = (name: string): string | undefined => {
  const dot = name.lastIndexOf('.')
  if (dot < 0) return undefined
  const type = lookup(name.slice(dot + 1))
  return type === undefined ? undefined : withCharset(type)
}

/** Content-addressed bytes are the author's: UTF-8 is what nearly all text is, and no browser may guess here. JSON is never anything else (RFC 8259). */
export const withCharset = (type: string): string => (TEXTUAL.test(type) ? `${type}; charset=utf-8` : type)
