import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { CAR_LIMITS, type CarLimits } from '../dag/dag-limits.ts'
import { invalidCar, truncatedCar } from './car-errors.ts'
import { type CarHeader, readCarHeader } from './car-header.ts'
import { CarInput } from './car-input.ts'
import { type CarBlock, takeSection } from './car-section.ts'
import { readVarint } from './read-varint.ts'

export type { CarBlock } from './car-section.ts'

export type Car = {
  version: 1 | 2
  /** As the header lists them, repeated ones included. */
  roots: CID[]
  /** Every block, hashed, in the order of the CAR, in runs of what came in together. To be read once. */
  blocks: AsyncIterable<CarBlock[]>
}

export type ReadCarOptions = { limits?: CarLimits; signal?: AbortSignal }

/** Of a CARv2, behind its pragma: characteristics, then three offsets and sizes (https://ipld.io/specs/transport/car/carv2/#header). */
const V2_PRAGMA_BYTES = 11
const V2_HEADER_BYTES = 40
const MAX_RUN = 256

/**
 * Reads a CAR of version 1 or 2 (its index is passed by) as it comes in. Holds one block at a time. A section without length is an error unless
 * nothing but zeros follows (padding).
 * @throws HoldfastError `invalid_car`, `truncated_body`, `unsupported_cid`, `payload_too_large`; what `source` throws
 */
export const readCar = async (source: AsyncIterable<Uint8Array>, options: ReadCarOptions = {}): Promise<Car> => {
  const { limits = CAR_LIMITS, signal } = options
  const input = new CarInput(source)
  try {
    const first = await readHeader(input, limits, Number.POSITIVE_INFINITY)
    if (first.version === 1)
      return { version: 1, roots: first.roots, blocks: readBlocks(input, Number.POSITIVE_INFINITY, limits, signal) }
    const size = await enterPayload(input)
    const before = input.queue.taken
    const inner = await readHeader(input, limits, size)
    if (inner.version !== 1) throw invalidCar('a CARv2 holds a CARv1, and nothing else')
    const room = size - (input.queue.taken - before)
    return { version: 2, roots: inner.roots, blocks: readBlocks(input, room, limits, signal) }
  } catch (error) {
    await input.close()
    throw error
  }
}

const readHeader = async (input: CarInput, limits: CarLimits, room: number): Promise<CarHeader> => {
  let length: ReturnType<typeof readVarint>
  while ((length = readVarint(input.queue.peek(4), 'the header')) === undefined)
    if (!(await input.more())) throw truncatedCar('before its header')
  if (length.value === 0) throw invalidCar('the header is empty')
  if (length.value > limits.maxHeaderBytes)
    throw new HoldfastError('payload_too_large', { detail: `A CAR's header may have ${limits.maxHeaderBytes} bytes.` })
  if (length.length + length.value > room) throw invalidCar('the header goes beyond the data')
  input.queue.skip(length.length)
  if (!(await input.has(length.value))) throw truncatedCar('in its header')
  const header = readCarHeader(input.queue.peek(length.value), limits)
  input.queue.skip(length.value)
  return header
}

/** Goes to the CARv1 inside of a CARv2. @returns its length */
const enterPayload = async (input: CarInput): Promise<number> => {
  if (!(await input.has(V2_HEADER_BYTES))) throw truncatedCar('in the header of version 2')
  const bytes = input.queue.peek(V2_HEADER_BYTES)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const offset = Number(view.getBigUint64(16, true))
  const size = Number(view.getBigUint64(24, true))
  input.queue.skip(V2_HEADER_BYTES)
  const passed = V2_PRAGMA_BYTES + V2_HEADER_BYTES
  if (offset < passed) throw invalidCar('the data begins within the header')
  if (size === 0) throw invalidCar('it was not finished: its header tells no length of data')
  if (!Number.isSafeInteger(offset + size)) throw invalidCar('the data is said to be longer than 2^53 bytes')
  if (!(await input.pass(offset - passed))) throw truncatedCar('before its data')
  return size
}

async function* readBlocks(
  input: CarInput,
  payload: number,
  limits: CarLimits,
  signal: AbortSignal | undefined,
): AsyncGenerator<CarBlock[], void, undefined> {
  const start = input.queue.taken
  let sections = 0
  let run: CarBlock[] = []
  try {
    for (;;) {
      const read = input.queue.taken - start
      const room = payload - read
      if (room === 0) break
      const section = room > 0 && input.queue.length === 0 ? 'more' : takeSection(input.queue, room, limits)
      if (typeof section === 'object') {
        if (++sections > limits.freeSections + read / limits.minBytesPerSection) throw tooTiny(limits)
        if (run.push(section) < MAX_RUN) continue
      }
      if (run.length > 0) {
        yield run
        run = []
        signal?.throwIfAborted()
      }
      if (section === 'padding') {
        await passPadding(input, room)
        break
      }
      if (section !== 'more') continue
      const hadSome = input.queue.length > 0
      if (await input.more()) continue
      if (hadSome || payload !== Number.POSITIVE_INFINITY) throw truncatedCar(`after ${sections} blocks, in a section`)
      break
    }
    if (run.length > 0) yield run
    // Behind the data of a CARv2 comes its index.
    while (await input.pass(2 ** 20));
  } finally {
    await input.close()
  }
}

/** What is behind the last section must be zeros: some writers fill up to a size (Filecoin pieces). */
const passPadding = async (input: CarInput, room: number): Promise<void> => {
  for (let left = room; left > 0; ) {
    if (input.queue.length === 0 && !(await input.more())) {
      if (room !== Number.POSITIVE_INFINITY) throw truncatedCar('in its padding')
      return
    }
    const some = Math.min(left, input.queue.length)
    for (const part of input.queue.take(some))
      if (part.some((byte) => byte !== 0)) throw invalidCar('a section has no length, and is no padding')
    left -= some
  }
}

const tooTiny = ({ freeSections, minBytesPerSection }: CarLimits): HoldfastError =>
  new HoldfastError('payload_too_large', {
    detail: `A CAR may have ${freeSections} blocks; more only when they have ${minBytesPerSection} bytes on average.`,
  })
