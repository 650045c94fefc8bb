/** A request that adds one file: everything but the bytes of the file. */
type AddRequest = { path: string; headers: Record<string, string>; before: Buffer; after: Buffer }

/** A request that adds a folder: each file is `part(path)` and its bytes. */
type AddFolderRequest = { path: string; headers: Record<string, string>; part(path: string): Buffer; after: Buffer }

/** A running server that takes part. */
export type Contestant = {
  name: string
  version: string
  /** The process that everything of it descends from. */
  pid: number
  api: URL
  gateway: URL
  /** How a client adds a file, with what its users get by default; durable when it is answered. */
  addRequest: AddRequest
  /** The same for a folder. */
  addFolderRequest: AddFolderRequest
  /** Reckons a file's CID and stores nothing. */
  dryRunRequest: AddRequest
  /** Imports a CAR. */
  importCarRequest: AddRequest
  /** The CID of the root in the answer to any of these requests. @throws Error when it is no success */
  readCid(status: number, body: string): string
  stop(): Promise<void>
}
