import { BackendError, type BackendErrorCode } from '../pin-backend.ts'
import { KuboError } from './kubo-error.ts'

/** What Kubo's words mean. They can hold paths and addresses, so ours are told and its own kept as the cause. */
const WORDS: readonly (readonly [RegExp, BackendErrorCode, string])[] = [
  [/no space left on device|disk quota exceeded/i, 'no_space', 'The node has no space left.'],
  [/mismatch in content integrity|hash mismatch/i, 'corrupt_dag', 'A block is not what its CID says.'],
  // Its disk, not the DAG: on another node all may be well.
  [/different hash than requested/i, 'node_error', 'A block is damaged on the disk of the node.'],
  [
    /no decoder registered|unrecognized (?:object|codec)|unknown (?:codec|multicodec|hash)|hash function/i,
    'unsupported_cid',
    'The node cannot read blocks of this kind.',
  ],
  [
    /failed to decode|unexpected EOF|invalid car|malformed|invalid (?:cid|varint)/i,
    'corrupt_dag',
    'A block cannot be read.',
  ],
  [/not found|could not find/i, 'incomplete_dag', 'The node does not have all of it.'],
]

/** Any failure of a call to a node, as the port tells it; ours and the caller's own errors stay as they are. */
export const toBackendError = (error: unknown): unknown => {
  if (!(error instanceof KuboError)) return error
  const tell = (code: BackendErrorCode, message: string) => new BackendError(code, message, { cause: error })
  if (error.kind === 'unreachable' || error.kind === 'timeout') return tell('node_down', 'The node does not answer.')
  if (error.kind === 'denied') return tell('node_error', 'The node refuses our credentials.')
  const known = WORDS.find(([pattern]) => pattern.test(error.message))
  return known === undefined ? tell('node_error', 'The node could not do it.') : tell(known[1], known[2])
}
