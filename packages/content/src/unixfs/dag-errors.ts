import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'

/** A block of a DAG is not held (`not_found`): the root itself, or a part of it. */
export class MissingBlockError extends HoldfastError {
  readonly cid: CID

  constructor(cid: CID) {
    super('not_found', { detail: `The block ${cid} is not held here.` })
    this.cid = cid
  }
}

/** A node is malformed, or its children are not what it says of them (`invalid_dag`). */
export class InvalidDagError extends HoldfastError {
  readonly cid: CID

  constructor(cid: CID, detail: string, cause?: unknown) {
    super('invalid_dag', { detail: `${cid}: ${detail}`, cause })
    this.cid = cid
  }
}

export type NotAFileKind = 'directory' | 'hamt-sharded-directory' | 'symlink' | 'metadata' | 'dag-pb' | 'other-codec'

/** The DAG is well-formed but no file (`not_supported`). */
export class NotAFileError extends HoldfastError {
  readonly cid: CID
  readonly kind: NotAFileKind

  constructor(cid: CID, kind: NotAFileKind) {
    super('not_supported', { detail: `${cid} is not a file (${kind}).` })
    this.cid = cid
    this.kind = kind
  }
}

/** What a path meets where only a directory could lead on; `file` is a UnixFS file or a raw block. */
export type NotADirectoryKind = 'file' | 'symlink' | 'metadata' | 'dag-pb' | 'other-codec'

/** The DAG is well-formed but no directory (`not_supported`). */
export class NotADirectoryError extends HoldfastError {
  readonly cid: CID
  readonly kind: NotADirectoryKind

  constructor(cid: CID, kind: NotADirectoryKind) {
    super('not_supported', { detail: `${cid} is not a directory (${kind}).` })
    this.cid = cid
    this.kind = kind
  }
}

/** The DAG goes beyond a limit of the reader (`not_supported`). */
export class DagLimitError extends HoldfastError {
  readonly cid: CID

  constructor(cid: CID, detail: string) {
    super('not_supported', { detail: `${cid}: ${detail}` })
    this.cid = cid
  }
}
