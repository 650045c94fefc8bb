import { randomUUIDv7 } from 'node:crypto'
import type { BlockSink, BlockSource } from '@packages/content/block-source'
import { giveBack } from '@packages/content/car/commit-roots'
import { IdempotencyConflict } from '@packages/db/idempotency'
import type { CommittedIngest, IngestCommitter, IngestItem } from '@packages/db/ingest-committer'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { Actor } from '../authorization/actor.ts'
import type { Idempotency, IdempotencyClaim } from '../plugins/idempotency/idempotency.ts'
import type { DeniedContent } from './denied-content.ts'
import { beginIntake, type Intake, type IntakeDeps } from '../private/intake.ts'
import type { Visibility } from '../private/visibility.ts'

export type StoreContentDeps = IntakeDeps & {
  committer: Pick<IngestCommitter, 'commit'>
  denied: Pick<DeniedContent, 'refuse'>
  /** The node that this store is, in `nodes`. */
  nodeId: string
}

/** What is known of the file row before its DAG is made. */
export type FileFacts = Pick<IngestItem['file'], 'name' | 'contentType' | 'metadata'>

/** A DAG that was put into the sink; `size` is the bytes of its files. */
export type MadeContent = { root: CID; size: number; kind?: NonNullable<IngestItem['file']['kind']> }

export type StoreContentRequest<M extends MadeContent> = {
  /** Puts the blocks of one DAG, each of them hashed by our own code just now. */
  make(sink: BlockSink, signal: AbortSignal): Promise<M>
  /** What the file row says; a form may tell it only after the bytes. */
  file: FileFacts | ((made: M) => FileFacts)
  visibility: Visibility
  /** For content that came as blocks: what it is, as it reads back. */
  describe?(blocks: BlockSource, made: M): Promise<Pick<MadeContent, 'size' | 'kind'> & Pick<FileFacts, 'contentType'>>
  signal: AbortSignal
  /** A resumable upload that this finishes: see `IngestItem`. */
  finishes?: IngestItem['finishes']
  /** The group that file and pin go into. */
  groupId?: string | null
  /** A file whose place it takes, under the same ids. */
  replaces?: NonNullable<IngestItem['replaces']> & { fileId: string }
}

/** How a request with an Idempotency-Key is answered again. */
export type ReplyOnce<M, B> = {
  /** Undefined without a key. */
  claim: IdempotencyClaim | undefined
  fingerprint: Idempotency['fingerprint']
  status: number
  /** Pure: called with the rows just before they are written, and again for the reply. */
  body(committed: Pick<CommittedIngest, 'file' | 'pin'>, made: M): B
}

/**
 * Takes content in: its blocks go to the store as they come, become durable, then one transaction writes the rows; only
 * then is anything answered. Whatever fails before leaves nothing that is listed or served.
 * The caller has been authorized and the upload admitted.
 * @throws HoldfastError what `make` throws, `content_denied`, `quota_exceeded`, `insufficient_storage`, …; the signal's reason
 */
export const storeContent = async <M extends MadeContent>(
  deps: StoreContentDeps,
  actor: Pick<Actor, 'organizationId' | 'userId'>,
  request: StoreContentRequest<M>,
): Promise<CommittedIngest> => {
  const stored = await take(deps, actor, request, () => undefined)
  if ('replay' in stored) throw new Error('only a key is answered again')
  return stored.committed
}

/** `storeContent` for a request that may bring an Idempotency-Key: a repeat gets the first reply and stores nothing. */
export const storeContentOnce = async <M extends MadeContent, B>(
  deps: StoreContentDeps,
  actor: Actor,
  request: StoreContentRequest<M>,
  { claim, fingerprint, status, body }: ReplyOnce<M, B>,
): Promise<{ body: B; replayed: boolean }> => {
  const secret = request.visibility === 'private' ? [request.visibility] : []
  const stored = await take(deps, actor, request, (made, file) => {
    if (claim === undefined) return undefined
    // The CID is a hash of every byte, so that a keyed upload costs no second one.
    const print = fingerprint([made.root.toString(), file.name, file.contentType, file.metadata, ...secret])
    const earlier = claim.replay(print)
    if (earlier !== undefined) return { replay: earlier.body }
    return { ...claim.identity, fingerprint: print, status, body: (committed) => claim.keep(body(committed, made)) }
  })
  if ('replay' in stored) return { body: stored.replay as B, replayed: true }
  return { body: body(stored.committed, stored.made), replayed: false }
}

type Replay = { replay: unknown }

const take = async <M extends MadeContent>(
  deps: StoreContentDeps,
  actor: Pick<Actor, 'organizationId' | 'userId'>,
  { make, file: fileOf, visibility, describe, signal, finishes, replaces, groupId = null }: StoreContentRequest<M>,
  once: (made: M, file: FileFacts) => IngestItem['idempotency'] | Replay,
): Promise<{ committed: CommittedIngest; made: M } | Replay> => {
  const { organizationId, userId } = actor
  const intake = await beginIntake(deps, visibility, { organizationId, signal })
  try {
    const made = await make(intake.sink, signal)
    const { root } = made
    deps.denied.refuse(root)
    const file = typeof fileOf === 'function' ? fileOf(made) : fileOf
    const reply = once(made, file)
    if (reply !== undefined && 'replay' in reply) return reply
    const stored = await intake.commit(root)
    const described =
      describe === undefined ? {} : await describeStored(deps, intake, (blocks) => describe(blocks, made))
    const { size, kind, contentType } = { ...made, contentType: file.contentType, ...described }
    const ids = replaces ?? { fileId: randomUUIDv7(), pinId: randomUUIDv7() }
    const { names, ...named } = intake.name(ids, root, file)
    const show = (committed: CommittedIngest) => intake.show(committed, root, file)
    const committed = await commitRows(deps, {
      organizationId,
      userId,
      contentId: intake.contentId,
      ...stored,
      ...named,
      nodeId: deps.nodeId,
      file: {
        id: ids.fileId,
        contentType,
        ...names,
        size,
        ...(kind === undefined ? {} : { kind }),
      },
      pin: { id: ids.pinId },
      groupId,
      ...(reply === undefined ? {} : { idempotency: { ...reply, body: (rows) => reply.body(show(rows)) } }),
      ...(finishes === undefined ? {} : { finishes }),
      ...(replaces === undefined ? {} : { replaces: { pinId: replaces.pinId, dagSize: replaces.dagSize } }),
    })
    return { committed: show(committed), made }
  } finally {
    await intake.abort()
  }
}

/** Reads back what is durable and has no rows yet: when that fails, as when the request ends meanwhile, it goes again. */
const describeStored = async <D>(
  { store }: StoreContentDeps,
  intake: Intake,
  describe: (blocks: BlockSource) => Promise<D>,
): Promise<D> => {
  try {
    return await describe(await intake.read())
  } catch (error) {
    await giveBack(store, intake.contentId)
    throw error
  }
}

/**
 * After a refusal the committer has seen to the root. After any other failure the rows may or may not be there: the
 * orphan collector finds out in peace, once the upload counts as in flight no more.
 */
const commitRows = async (deps: StoreContentDeps, item: IngestItem): Promise<CommittedIngest> => {
  try {
    return await deps.committer.commit(item)
  } catch (error) {
    // A racing request with the same key was first: its reply is there for the next try.
    if (error instanceof IdempotencyConflict)
      throw new HoldfastError('request_in_flight', { headers: { 'retry-after': '1' }, cause: error })
    throw error
  } finally {
    deps.store.settle(item.contentId)
  }
}
