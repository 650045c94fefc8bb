import { randomUUIDv7 } from 'node:crypto'
import { lockSubject } from '@packages/db/lock-subject'
import type { Database } from '@packages/db/open-database'
import { waitForGateways } from '@packages/db/policy-log'
import { isUniqueViolation } from '@packages/db/postgres-errors'
import type { Takedowns } from '@packages/db/takedowns'
import { parseCid } from '@packages/shared/cid'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { PolicyEntry } from '@packages/shared/policy-log'
import { takedownKey } from '@packages/shared/takedown'
import type { Actor } from '../../authorization/actor.ts'
import { authorize } from '../../authorization/authorize.ts'
import type { RecordReply } from '../../plugins/idempotency/idempotent.ts'
import { presentTakedown, type PresentedTakedown } from './presenter.ts'
import type { NewTakedown } from './schemas.ts'

export type ChangeTakedownDeps = {
  db: Pick<Database, 'kysely' | 'unitOfWork'>
  /** Of this process: it refuses what comes in from the answer on. */
  takedowns: Pick<Takedowns, 'hear'>
}

/** `followed`: no gateway serves it any more, or all serve it again. False: some will in a moment. */
export type TakedownChanged = { takedown: PresentedTakedown; followed: boolean }

/** A change is in force within a second; who asked is told when it is. */
export const FOLLOW_MS = 2_000

/** Takes content down, whoever holds it, in every process at once. Operators only. @throws HoldfastError `invalid_cid`, `already_exists` */
export const createTakedown = async (
  { db, takedowns }: ChangeTakedownDeps,
  actor: Actor | null,
  { cid, caseNumber, reason, status }: NewTakedown,
  recordReply: RecordReply,
): Promise<TakedownChanged> => {
  authorize(actor, 'takedowns:write')
  const key = takedownKey(parseCid(cid))
  const entry: PolicyEntry = { kind: 'takedown.changed', key, takedown: { status, caseNumber } }
  const { result, policyPosition } = await db.unitOfWork
    .run(async (uow) => {
      await lockSubject(uow.tx, `takedown ${key}`)
      const row = await uow.tx
        .insertInto('takedowns')
        .values({
          id: randomUUIDv7(),
          cid,
          multihash: key,
          status,
          case_number: caseNumber,
          reason,
          created_by: actor.userId,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      uow.policy(entry)
      const payload = { cid, caseNumber, reason, status }
      uow.record({ kind: 'takedown.created', organizationId: null, actorId: actor.userId, subject: row.id, payload })
      await recordReply(uow.tx, { status: 201, body: presentTakedown(row), subject: row.id })
      return row
    })
    .catch((error: unknown) => {
      if (isUniqueViolation(error, 'takedowns_in_force'))
        throw new HoldfastError('already_exists', { detail: 'It is taken down already.' })
      throw error
    })
  takedowns.hear([entry])
  const followed = policyPosition === undefined || (await waitForGateways(db.kysely, policyPosition, FOLLOW_MS))
  return { takedown: presentTakedown(result), followed }
}
