/** 256 KiB: what was asked for among the last sixty thousand or so. */
const SLOTS = 2 ** 16

/**
 * Tells what is asked for again from what is asked for once: a scan over everything that is held must not take the place of what is read all the time, nor fill
 * memory with bytes that nobody wants twice. A table of fixed size, in which a key that falls on another's slot takes its place (the "doorkeeper" of TinyLFU,
 * Einziger, Friedman and Manes 2017).
 */
export class SecondLooks {
  readonly #tags = new Uint32Array(SLOTS)

  /** Whether this key was seen a while ago; from now on it was. Two keys of one tag are taken for one, which costs a place in memory. */
  seen(key: string): boolean {
    const tag = tagOf(key)
    const slot = (tag ^ (tag >>> 16)) & (SLOTS - 1)
    const isSecond = this.#tags[slot] === tag
    this.#tags[slot] = tag
    return isSecond
  }
}

/** FNV-1a of the last letters: those of a CID are its hash. Never 0, which is an empty slot. */
const tagOf = (key: string): number => {
  let tag = 0x811c9dc5
  for (let at = Math.max(0, key.length - 24); at < key.length; at++)
    tag = Math.imul(tag ^ key.charCodeAt(at), 0x01000193)
  return tag >>> 0 || 1
}
