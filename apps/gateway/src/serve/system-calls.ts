/** Calls of Linux that node has no function for (send(2), sendfile(2)). They never wait. */
export type SystemCalls = {
  /** Gives a socket bytes that more will follow at once: they leave together. @returns how many it took; nothing or less when none */
  sendMore(socket: number, bytes: Buffer): number
  /** Gives a socket bytes of a file without reading them. @returns how many it took; nothing or less when none */
  sendFile(socket: number, file: { descriptor: number; position: number; length: number }): number
}

const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
const MSG_MORE = 0x8000
/** With larger ones the page cache may have folios that reach over the places where segments are cut (ADR 0173). */
const PAGE_BYTES = 4096
/** Where numbers are as wide as these calls take them. */
const ARCHITECTURES: ReadonlySet<string> = new Set(['x64', 'arm64'])

/** Null where there are none: on other systems than Linux, with pages of another size than 4 KiB, and where node has no `node:ffi`. Sockets of node do not wait by themselves. */
export const openSystemCalls = (): SystemCalls | null => {
  if (process.platform !== 'linux' || !ARCHITECTURES.has(process.arch)) return null
  // Not imported: where node was built without it, or it is switched off, that would be an error.
  const ffi = process.getBuiltinModule('node:ffi')
  if (ffi === undefined) return null
  const { functions } = ffi.dlopen(null, {
    send: { arguments: ['i32', 'buffer', 'u64', 'i32'], return: 'i64' },
    getpagesize: { arguments: [], return: 'i32' },
    sendfile: { arguments: ['i32', 'i32', 'pointer', 'u64'], return: 'i64' },
  })
  if (functions.getpagesize() !== PAGE_BYTES) return null
  const offset = new BigInt64Array(1)
  const offsetPointer = ffi.getRawPointer(offset.buffer)
  return {
    sendMore: (socket, bytes) =>
      Number(functions.send(socket, bytes, BigInt(bytes.length), MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE)),
    sendFile: (socket, { descriptor, position, length }) => {
      offset[0] = BigInt(position)
      return Number(functions.sendfile(socket, descriptor, offsetPointer, BigInt(length)))
    },
  }
}
