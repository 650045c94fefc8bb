import { randomBytes } from 'node:crypto'
import { type BlockKey, bytesToKey } from '../block-store/block-key.ts'

const KEY_LENGTH = 35
/** Digest and codec: the first two bytes of the usual key are the same for all. */
const STRIDE = 33
const USUAL_HEAD = '\x12\x20'
const PIECE_KEYS = 4_096
const FIRST_SLOTS = 1_024

/**
 * Numbers block keys, 0, 1, 2, … in the order of their coming. The usual ones (sha2-256, a codec of one byte) take 33 bytes and a slot of
 * some 8, where a Map of strings would take 90.
 */
export class KeyTable {
  readonly #salt = randomBytes(4).readUInt32LE()
  readonly #pieces: Uint8Array[] = []
  #slots = new Uint32Array(FIRST_SLOTS)
  /** Keys of other hashes and codecs. */
  readonly #odd = new Map<BlockKey, number>()
  readonly #oddKeys = new Map<number, BlockKey>()
  #size = 0

  get size(): number {
    return this.#size
  }

  /** How many keys are not of the usual form, which take more memory. */
  get odd(): number {
    return this.#odd.size
  }

  /** The key's number; it gets the next one when it is new. */
  number(key: BlockKey): number {
    if (!isUsual(key)) return this.#numberOdd(key)
    const slot = this.#slotOf(key)
    const found = this.#slots[slot] as number
    if (found !== 0) return found - 1
    const number = this.#size++
    this.#slots[slot] = number + 1
    this.#write(number, key)
    if (this.#size * 4 > this.#slots.length * 3) this.#grow()
    return number
  }

  /** `undefined` when the key has no number. */
  find(key: BlockKey): number | undefined {
    if (!isUsual(key)) return this.#odd.get(key)
    const found = this.#slots[this.#slotOf(key)] as number
    return found === 0 ? undefined : found - 1
  }

  key(number: number): BlockKey {
    const odd = this.#oddKeys.get(number)
    if (odd !== undefined) return odd
    const start = (number % PIECE_KEYS) * STRIDE
    return (
      USUAL_HEAD +
      bytesToKey((this.#pieces[Math.floor(number / PIECE_KEYS)] as Uint8Array).subarray(start, start + STRIDE))
    )
  }

  #numberOdd(key: BlockKey): number {
    const found = this.#odd.get(key)
    if (found !== undefined) return found
    const number = this.#size++
    this.#piece(number)
    this.#odd.set(key, number)
    this.#oddKeys.set(number, key)
    return number
  }

  #piece(number: number): Uint8Array {
    const index = Math.floor(number / PIECE_KEYS)
    const piece = this.#pieces[index] ?? new Uint8Array(PIECE_KEYS * STRIDE)
    this.#pieces[index] = piece
    return piece
  }

  #write(number: number, key: BlockKey): void {
    const piece = this.#piece(number)
    const start = (number % PIECE_KEYS) * STRIDE
    for (let i = 0; i < STRIDE; i++) piece[start + i] = key.charCodeAt(i + 2)
  }

  // The slot that holds the key, or the free one where it goes.
  #slotOf(key: BlockKey): number {
    let hash = this.#salt
    for (let i = 2; i < KEY_LENGTH; i++) hash = mix(hash, key.charCodeAt(i))
    const mask = this.#slots.length - 1
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const found = this.#slots[slot] as number
      if (found === 0 || this.#holds(found - 1, key)) return slot
    }
  }

  #holds(number: number, key: BlockKey): boolean {
    const piece = this.#pieces[Math.floor(number / PIECE_KEYS)] as Uint8Array
    const start = (number % PIECE_KEYS) * STRIDE
    for (let i = 0; i < STRIDE; i++) if (piece[start + i] !== key.charCodeAt(i + 2)) return false
    return true
  }

  #grow(): void {
    const slots = new Uint32Array(this.#slots.length * 2)
    const mask = slots.length - 1
    for (const taken of this.#slots) {
      if (taken === 0) continue
      const piece = this.#pieces[Math.floor((taken - 1) / PIECE_KEYS)] as Uint8Array
      const start = ((taken - 1) % PIECE_KEYS) * STRIDE
      let hash = this.#salt
      for (let i = 0; i < STRIDE; i++) hash = mix(hash, piece[start + i] as number)
      let slot = spread(hash) & mask
      while (slots[slot] !== 0) slot = (slot + 1) & mask
      slots[slot] = taken
    }
    this.#slots = slots
  }
}

const isUsual = (key: BlockKey): boolean => key.length === KEY_LENGTH && key.startsWith(USUAL_HEAD)

// Salted: whoever makes CIDs up must not be able to send them all to one slot.
const mix = (hash: number, byte: number): number => Math.imul(hash ^ byte, 0x9e3779b1) ^ (hash >>> 15)
const spread = (hash: number): number => (Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) ^ (hash >>> 13)) >>> 0
