import { createHash } from 'node:crypto'
import { exportCar as carOf } from '@packages/content/car/export-car'
import { resolvePath } from '@packages/content/unixfs/resolve-path'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { DeniedContent } from '../../content/denied-content.ts'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import { parseHash } from '../../values/hash-param.ts'
import { findReadableRoot, type FindReadableRootDeps } from './find-readable-root.ts'

export type ExportCarDeps = FindReadableRootDeps & { denied: Pick<DeniedContent, 'refuse' | 'reading'> }

export type CarReply = {
  /** Strong: the same DAG always gives the same bytes. */
  etag: string
  /** Of the download, with `.car`. */
  filename: string
  /** To be read once; throws when the DAG turns out to be damaged or not whole. */
  bytes: AsyncGenerator<Uint8Array>
}

const MAX_SEGMENTS = 64

/**
 * A CAR of what the organization holds: the DAG of a root, or what lies at a path below it with the blocks that lead there.
 * @throws HoldfastError `not_found` for what is not the caller's, or not there; `content_denied`, `invalid_path`, `invalid_dag`, `not_supported`
 */
export const exportCar = async (
  deps: ExportCarDeps,
  actor: Actor | null,
  request: { hash: string; path: string | undefined; signal: AbortSignal },
): Promise<CarReply> => {
  authorize(actor, 'files:read', {})
  const { signal } = request
  const held = await findReadableRoot(deps, actor.organizationId, parseHash(request.hash), signal)
  if (held === undefined) throw new HoldfastError('not_found')
  const { root } = held
  deps.denied.refuse(root)
  const reader = deps.denied.reading(root, held.blocks)
  const segments = segmentsOf(request.path ?? '')
  const { cid, blocks, remainder } = await resolvePath(reader, root, segments, { signal })
  if (remainder.length > 0)
    throw new HoldfastError('not_found', { detail: 'The path leads to a value inside of a block, which is no CAR.' })
  // `?path=` is a part of what is sent, for it brings other blocks along.
  const way =
    segments.length === 0 ? '' : `.${createHash('sha256').update(JSON.stringify(segments)).digest('hex').slice(0, 16)}`
  return {
    etag: `"${root}${way}.car"`,
    filename: `${segments.at(-1) ?? held.name ?? cid.toString()}.car`,
    bytes: carOf(reader, cid, { path: blocks, signal }),
  }
}

const segmentsOf = (path: string): string[] => {
  const segments = path.split('/').filter((segment) => segment !== '')
  if (segments.length > MAX_SEGMENTS) throw badPath(`has ${MAX_SEGMENTS} parts at most`)
  if (segments.some((segment) => segment === '.' || segment === '..')) throw badPath('must not hold . or ..')
  if (!path.isWellFormed() || path.includes('\0')) throw badPath('must not hold NUL or broken Unicode')
  return segments
}

const badPath = (message: string): HoldfastError =>
  new HoldfastError('invalid_path', { fields: [{ path: 'path', message }] })
