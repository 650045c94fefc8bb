import { CID } from 'multiformats/cid'
import type { CarLimits } from '../dag/dag-limits.ts'
import { invalidCar, tooManyRoots } from './car-errors.ts'

export type CarHeader = { version: 1; roots: CID[] } | { version: 2 }

const UNSIGNED = 0
const BYTES = 2
const TEXT = 3
const LIST = 4
const MAP = 5
const TAG = 6
const TAG_CID = 42

/**
 * Reads a CAR's header: DAG-CBOR of `{roots: [CID…], version: 1}` (https://ipld.io/specs/transport/car/carv1/#header), or of `{version: 2}`, which
 * begins a CARv2. Only this much of CBOR is read, so that no count in it costs anything before its bytes are there.
 * @throws HoldfastError `invalid_car`; `payload_too_large` for more roots than allowed
 */
export const readCarHeader = (bytes: Uint8Array, limits: CarLimits): CarHeader => {
  const reader = new HeaderReader(bytes)
  let version: number | undefined
  let roots: CID[] | undefined
  const fields = reader.head(MAP, 'the header is no map of DAG-CBOR')
  if (fields > 2) throw invalidCar('the header has more fields than roots and version')
  for (let field = 0; field < fields; field++) {
    const name = reader.text()
    if (name === 'version' && version === undefined) version = reader.head(UNSIGNED, 'the version is no number')
    else if (name === 'roots' && roots === undefined) roots = reader.roots(limits.maxRoots)
    else throw invalidCar('the header has other fields than roots and version')
  }
  if (!reader.done) throw invalidCar('there are bytes behind the header')
  if (version === 2 && roots === undefined) return { version: 2 }
  if (version !== 1) throw invalidCar('only versions 1 and 2 are known')
  if (roots === undefined) throw invalidCar('the header has no list of roots')
  return { version: 1, roots }
}

/** A cursor over the header. */
class HeaderReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get done(): boolean {
    return this.#at === this.#bytes.length
  }

  /** The argument of the next item, which must have this major type. */
  head(type: number, otherwise: string): number {
    const initial = this.#bytes[this.#at]
    if (initial === undefined || initial >> 5 !== type) throw invalidCar(otherwise)
    this.#at++
    const info = initial & 31
    if (info < 24) return info
    // A header has at most a mebibyte: no number in it needs more than four bytes.
    if (info > 26) throw invalidCar('the header has a number that is too large')
    let value = 0
    for (const byte of this.#take(1 << (info - 24))) value = value * 256 + byte
    return value
  }

  #take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw invalidCar('the header is cut off')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  text(): string {
    return Buffer.from(this.#take(this.head(TEXT, 'the header has a field without a name'))).toString('latin1')
  }

  roots(maxRoots: number): CID[] {
    const count = this.head(LIST, 'the roots are no list')
    if (count > maxRoots) throw tooManyRoots(maxRoots)
    const roots: CID[] = []
    for (let index = 0; index < count; index++) roots.push(this.#root())
    return roots
  }

  // A CID in DAG-CBOR is tag 42 over bytes that begin with the multibase prefix 0.
  #root(): CID {
    if (this.head(TAG, 'a root is no CID') !== TAG_CID) throw invalidCar('a root is no CID')
    const bytes = this.#take(this.head(BYTES, 'a root is no CID'))
    if (bytes[0] !== 0) throw invalidCar('a root is no CID')
    try {
      return CID.decode(new Uint8Array(bytes.subarray(1)))
    } catch (cause) {
      throw invalidCar('a root is no CID', cause)
    }
  }
}
