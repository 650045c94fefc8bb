import { HoldfastError } from '@packages/shared/holdfast-error'
import type { LogPosition } from '@packages/shared/policy-log'

const ID = /^(\d{1,19})-(\d{1,18})$/

/** An event's place in the log as its id. */
export const eventIdOf = ({ xid, id }: LogPosition): string => `${xid}-${id}`

/** @throws HoldfastError `invalid_cursor` for what is no id of an event */
export const parseEventId = (text: string): LogPosition => {
  const [, xid, id] = ID.exec(text) ?? []
  if (xid === undefined || id === undefined)
    throw new HoldfastError('invalid_cursor', { detail: 'This is not the id of an event.' })
  return { xid, id }
}
