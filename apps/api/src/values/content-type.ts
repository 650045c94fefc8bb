import { lookup } from 'mrmime'

const OCTET_STREAM = 'application/octet-stream'
const MAX_CONTENT_TYPE = 255
/** RFC 9110, section 8.3.1: type/subtype and parameters of tokens or quoted text, in ASCII. */
const MEDIA_TYPE =
  /^([!#$%&'*+\-.^_`|~0-9a-z]+\/[!#$%&'*+\-.^_`|~0-9a-z]+)((?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9a-z]+=(?:[!#$%&'*+\-.^_`|~0-9a-z]+|"(?:[\t !#-[\]-~]|\\[\t -~])*"))*)[ \t]*$/i

/**
 * The content type that a file is stored with: what the part says when that is a real media type; else what the name's
 * extension stands for; else `application/octet-stream`. A client that knows nothing says `application/octet-stream`
 * too, so that counts as silence. Never fails: a wrong type is not worth an upload, and gateways forbid sniffing.
 */
export const contentTypeOf = (declared: string | null, name: string): string => {
  const given = declared === null || declared.length > MAX_CONTENT_TYPE ? null : MEDIA_TYPE.exec(declared)
  const essence = given?.[1]?.toLowerCase()
  if (essence !== undefined && essence !== OCTET_STREAM && !essence.startsWith('multipart/'))
    return `${essence}${given?.[2] ?? ''}`
  // mrmime takes a name without a dot for an extension.
  return (name.includes('.') ? lookup(name) : undefined) ?? OCTET_STREAM
}
