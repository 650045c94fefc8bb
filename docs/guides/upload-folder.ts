import { openAsBlob } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { basename, join, relative, resolve, sep } from 'node:path'

/**
 * Uploads a folder to Holdfast so that it can be interrupted at any time: run it again with the id that it printed, and only
 * bytes that are missing are sent.
 *
 *   HOLDFAST_KEY=hfast_… node docs/guides/upload-folder.ts http://127.0.0.1:3000 ./photos [folder id]
 */
export type FolderUpload = {
  apiUrl: string
  /** An API key with the scopes files:read and files:write. */
  key: string
  directory: string
  /** Of a folder that was begun before. */
  folder?: string
  /** Files that are sent at once. */
  lanes?: number
  /** Bytes of one request: what an interruption may cost for each lane. */
  pieceBytes?: number
  /** Told the folder's id as soon as there is one. */
  onFolder?: (id: string) => void
  /** Told the bytes of each body that is sent. */
  onSend?: (bytes: number) => void
}

type Entry = { path: string; size: number; offset: number; upload: string | null }
type Page = { entries: Entry[]; nextCursor: string | null }
export type UploadedFolder = { file: { id: string; cid: string; size: number }; pin: { status: string } }

const OFFSET_TYPE = 'application/offset+octet-stream'

export const uploadFolder = async (options: FolderUpload): Promise<UploadedFolder> => {
  const folder = options.folder ?? (await beginFolder(options))
  options.onFolder?.(folder)
  const missing = missingEntries(options, folder)
  // Each lane takes the next file as soon as it is done with one.
  await Promise.all(
    Array.from({ length: options.lanes ?? 8 }, async () => {
      for (let next = await missing.next(); next.done !== true; next = await missing.next())
        await sendFile(options, folder, next.value)
    }),
  )
  const reply = await call(options, 'POST', `/api/v1/uploads/folders/${folder}/complete`)
  return (await reply.json()) as UploadedFolder
}

const beginFolder = async (options: FolderUpload): Promise<string> => {
  const directory = resolve(options.directory)
  const name = basename(directory)
  const entries: object[] = []
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const full = join(entry.parentPath, entry.name)
    const path = [name, ...relative(directory, full).split(sep)].join('/')
    if (entry.isDirectory()) entries.push({ path, kind: 'directory' })
    else if (entry.isFile()) entries.push({ path, size: (await stat(full)).size })
  }
  const body = JSON.stringify({ name, entries })
  const reply = await call(options, 'POST', '/api/v1/uploads/folders', { 'content-type': 'application/json' }, body)
  return ((await reply.json()) as { id: string }).id
}

async function* missingEntries(options: FolderUpload, folder: string): AsyncGenerator<Entry> {
  for (let cursor: string | null = ''; cursor !== null; ) {
    const query: string = `state=missing${cursor === '' ? '' : `&cursor=${cursor}`}`
    const page = (await (
      await call(options, 'GET', `/api/v1/uploads/folders/${folder}/entries?${query}`)
    ).json()) as Page
    yield* page.entries
    cursor = page.nextCursor
  }
}

const sendFile = async (options: FolderUpload, folder: string, entry: Entry): Promise<void> => {
  const pieceBytes = options.pieceBytes ?? 8 * 1024 * 1024
  const blob = await openAsBlob(join(resolve(options.directory), ...entry.path.split('/').slice(1)))
  let { upload: url, offset } = entry
  if (url === null) {
    const metadata = Object.entries({ folder, path: entry.path })
      .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
      .join(',')
    const headers = { 'upload-length': String(entry.size), 'upload-metadata': metadata, 'content-type': OFFSET_TYPE }
    const piece = blob.slice(0, pieceBytes)
    options.onSend?.(piece.size)
    const reply = await call(options, 'POST', '/api/v1/uploads', headers, piece)
    url = reply.headers.get('location') ?? ''
    offset = Number(reply.headers.get('upload-offset'))
  }
  while (offset < entry.size) {
    const piece = blob.slice(offset, offset + pieceBytes)
    options.onSend?.(piece.size)
    const headers = { 'upload-offset': String(offset), 'content-type': OFFSET_TYPE }
    offset = Number((await call(options, 'PATCH', url, headers, piece)).headers.get('upload-offset'))
  }
}

const call = async (
  { apiUrl, key }: FolderUpload,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string | Blob,
): Promise<Response> => {
  const reply = await fetch(new URL(path, apiUrl), {
    method,
    headers: { authorization: `Bearer ${key}`, ...headers },
    ...(body === undefined ? {} : { body }),
  })
  if (!reply.ok) throw new Error(`${method} ${path} was answered with ${reply.status}: ${await reply.text()}`)
  return reply
}

const main = async ([apiUrl = '', directory = '', folder]: string[]): Promise<void> => {
  const { file } = await uploadFolder({
    apiUrl,
    key: process.env.HOLDFAST_KEY ?? '',
    directory,
    onFolder: (id) => console.error(`The folder is ${id}. Give this id to go on after an interruption.`),
    ...(folder === undefined ? {} : { folder }),
  })
  console.log(file.cid)
}

if (import.meta.main) await main(process.argv.slice(2))
