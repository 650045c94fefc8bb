/** A request that adds one file: everything but the bytes of the file. */
type AddRequest = { path: string; headers: Record<string, string>; before: Buffer; after: Buffer }

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
  /** The CID in the answer to that request. @throws Error when it is no success */
  readCid(status: number, body: string): string
  stop(): Promise<void>
}
