import { CID } from 'multiformats/cid'

const TAG_CID = 42
const BREAK = 0xff
const INDEFINITE = 31

/** What is open: an array or a map, and how many items are left of it (Infinity for an indefinite length). */
type Open = { isMap: boolean; left: number; atKey: boolean }

/**
 * The CIDs that a DAG-CBOR block links to, in order, duplicates included (<https://ipld.io/specs/codecs/dag-cbor/spec/>). One pass with a stack of
 * our own: nesting cannot overflow anything and a length that lies costs nothing. As lenient as Kubo's decoder: unsorted keys, lengths that are longer than
 * needed, indefinite lengths and small floats pass; other tags, keys that are no strings and bytes behind the value do not.
 * @throws RangeError for malformed blocks and for nesting beyond `maxDepth`.
 */
export const cborLinks = (bytes: Uint8Array, maxDepth: number): CID[] => {
  const links: CID[] = []
  scanCborLinks(bytes, maxDepth, (start, end) => links.push(CID.decode(bytes.subarray(start, end))))
  return links
}

/** The same without making CIDs: tells where the bytes of each are. */
export const scanCborLinks = (bytes: Uint8Array, maxDepth: number, onLink: OnLink): void =>
  new CborScan(bytes, maxDepth, onLink).scan()

type OnLink = (start: number, end: number) => void

class CborScan {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #maxDepth: number
  readonly #onLink: OnLink
  readonly #open: Open[] = []
  #at = 0

  constructor(bytes: Uint8Array, maxDepth: number, onLink: OnLink) {
    this.#onLink = onLink
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#maxDepth = maxDepth
  }

  scan(): void {
    do this.#item()
    while (this.#open.length > 0)
    if (this.#at !== this.#bytes.length) throw new RangeError('bytes behind the value')
  }

  #item(): void {
    const initial = this.#byte()
    if (initial === BREAK) {
      this.#close()
      return
    }
    const major = initial >> 5
    const info = initial & 31
    if (this.#open.at(-1)?.atKey === true && major !== 3) throw new RangeError('a key that is no string')
    if (major === 7) this.#simple(info)
    else if (major === 2 || major === 3) this.#string(major, info)
    else if (major === 4 || major === 5) {
      this.#begin(major === 5, info)
      return
    } else if (major === 6) this.#tag(this.#argument(info))
    else this.#argument(info)
    this.#ended()
  }

  // A value has ended, and with it perhaps what it stands in.
  #ended(): void {
    for (let top = this.#open.at(-1); top !== undefined; top = this.#open.at(-1)) {
      top.left--
      if (top.isMap) top.atKey = !top.atKey
      if (top.left > 0) return
      this.#open.pop()
    }
  }

  #begin(isMap: boolean, info: number): void {
    if (this.#open.length >= this.#maxDepth) throw new RangeError(`nested deeper than ${this.#maxDepth}`)
    const count = info === INDEFINITE ? Number.POSITIVE_INFINITY : this.#argument(info)
    if (count === 0) this.#ended()
    else this.#open.push({ isMap, left: isMap ? count * 2 : count, atKey: isMap })
  }

  #close(): void {
    const top = this.#open.pop()
    if (top === undefined || top.left !== Number.POSITIVE_INFINITY || (top.isMap && !top.atKey))
      throw new RangeError('an end where none may be')
    this.#ended()
  }

  #string(major: number, info: number): void {
    if (info !== INDEFINITE) {
      this.#skip(this.#argument(info))
      return
    }
    for (let chunk = this.#byte(); chunk !== BREAK; chunk = this.#byte()) {
      if (chunk >> 5 !== major || (chunk & 31) === INDEFINITE) throw new RangeError('a string in wrong pieces')
      this.#skip(this.#argument(chunk & 31))
    }
  }

  // The byte string of a CID starts with the multibase prefix of raw bytes: 0.
  #tag(tag: number): void {
    if (tag !== TAG_CID) throw new RangeError(`tag ${tag} is not known`)
    const initial = this.#byte()
    if (initial >> 5 !== 2) throw new RangeError('a link that is no byte string')
    const start = this.#at
    this.#string(2, initial & 31)
    if ((initial & 31) === INDEFINITE) throw new RangeError('a link in pieces')
    const end = this.#at
    this.#at = start
    const length = this.#argument(initial & 31)
    if (length === 0 || this.#bytes[this.#at] !== 0) throw new RangeError('a link without its prefix')
    this.#onLink(this.#at + 1, end)
    this.#at = end
  }

  #simple(info: number): void {
    if (info < 20 || info === 24 || info > 27) throw new RangeError('a simple value that is not known')
    if (info > 24) this.#skip(2 ** (info - 24))
  }

  #argument(info: number): number {
    if (info < 24) return info
    if (info > 27) throw new RangeError('a length that is none')
    const at = this.#at
    this.#skip(2 ** (info - 24))
    if (info === 24) return this.#view.getUint8(at)
    if (info === 25) return this.#view.getUint16(at)
    if (info === 26) return this.#view.getUint32(at)
    return Number(this.#view.getBigUint64(at))
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new RangeError('cut off')
    return byte
  }

  #skip(length: number): void {
    if (length > this.#bytes.length - this.#at) throw new RangeError('longer than the block')
    this.#at += length
  }
}
