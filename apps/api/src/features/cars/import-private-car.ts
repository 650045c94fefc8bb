import { takePrivateCar } from '@packages/content/private/take-private-car'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { Actor } from '../../authorization/actor.ts'
import { type StoreContentDeps, storeContentOnce } from '../../content/store-content.ts'
import type { Idempotency } from '../../plugins/idempotency/idempotency.ts'
import { limitedBytes } from '../../upload-body/limited-bytes.ts'
import { checkName } from '../../values/file-name.ts'
import { typeOfRoot } from './commit-files.ts'
import type { ImportCarReply, ImportCarRequest } from './import-car.ts'
import { presentImportedCar } from './presenter.ts'

export type ImportPrivateCarDeps = StoreContentDeps & { idempotency: Pick<Idempotency, 'fingerprint'> }

/**
 * Takes a CAR of one root in, in private. The caller has been authorized and the upload admitted.
 * @throws HoldfastError `not_in_private` for what only public imports can; what `takePrivateCar` and `storeContent` throw
 */
export const importPrivateCar = async (
  deps: ImportPrivateCarDeps,
  actor: Actor,
  { body, query, signal, claim, maxBytes }: ImportCarRequest,
): Promise<ImportCarReply> => {
  if (query.incomplete === 'keep' || query.continues !== undefined)
    throw new HoldfastError('not_in_private', {
      detail:
        'A private CAR brings all of its blocks at once: what is kept until the rest comes lies in the open. Send it whole, without incomplete=keep and continues.',
    })
  const given = query.name === undefined ? undefined : checkName(query.name, 'name')
  const root = query.root === undefined ? {} : { root: parseCid(query.root) }
  const stored = await storeContentOnce(
    deps,
    actor,
    {
      signal,
      visibility: 'private',
      groupId: query.group ?? null,
      make: async (sink) => {
        const car = await takePrivateCar(limitedBytes(body.bytes, maxBytes), { sink, signal, ...root })
        return { ...car, size: 0, name: given ?? body.name() ?? car.root.toString() }
      },
      describe: async (blocks, { root: cid, describe, report, name }) => {
        const { kind, size } = await describe(blocks)
        return { kind, size: size ?? report.survey.added.bytes, contentType: typeOfRoot(cid, kind, name) }
      },
      file: ({ name }) => ({ name, contentType: 'application/vnd.ipld.car', metadata: {} }),
    },
    {
      claim,
      fingerprint: (print) => deps.idempotency.fingerprint(print),
      status: 201,
      body: (committed, { report }) => presentImportedCar([committed], report, false),
    },
  )
  return { status: 201, ...stored }
}
