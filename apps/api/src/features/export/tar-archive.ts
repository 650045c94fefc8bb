import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { extract, pack, type Pack } from 'tar-stream'

/** One file of an archive; tar says the size before the bytes. */
export type ArchiveEntry = { name: string; size: number; bytes: AsyncIterable<Uint8Array> }

export const textEntry = (name: string, text: string): ArchiveEntry => {
  const bytes = Buffer.from(text)
  return { name, size: bytes.length, bytes: Readable.from([bytes]) }
}

/** The bytes of a tar of these entries, made as they are read. Whoever stops reading ends the entries too. */
export async function* tarOf(entries: AsyncGenerator<ArchiveEntry>, mtime: Date): AsyncGenerator<Uint8Array> {
  const archive = pack()
  const writing = writeAll(archive, entries, mtime).then(
    () => archive.finalize(),
    (error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))),
  )
  try {
    for await (const piece of archive as AsyncIterable<Uint8Array>) yield piece
  } finally {
    archive.destroy()
    await writing
  }
}

const writeAll = async (archive: Pack, entries: AsyncGenerator<ArchiveEntry>, mtime: Date): Promise<void> => {
  for await (const { name, size, bytes } of entries) {
    if (size === 0) archive.entry({ name, size, mtime }, '')
    else await pipeline(bytes, archive.entry({ name, size, mtime }))
  }
}

/** The files of a tar in their order; each has to be read before the next one. @throws Error for what is no tar */
export async function* readTar(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ name: string; size: number; bytes: AsyncIterable<Uint8Array> }> {
  const archive = extract()
  const reading = pipeline(source, archive)
  // Told by the loop below, too.
  reading.catch(() => undefined)
  for await (const entry of archive) {
    const { name, size = 0, type } = entry.header
    if (type === 'file') yield { name, size, bytes: entry as AsyncIterable<Uint8Array> }
    entry.resume()
  }
  await reading
}
