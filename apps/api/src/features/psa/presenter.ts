import { pinInfo } from '@packages/db/pins/pin-info'
import type { Denied } from '../../content/denied-content.ts'
import type { PsaPin } from './repository.ts'
import type { PinStatus } from './schemas.ts'

const MILLISECONDS = /000Z$/

/** RFC 3339 with as many digits as there are: clients in JavaScript read three. */
const createdOf = (created: string): string => created.replace(MILLISECONDS, 'Z')

const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** Values are strings: Go's client reads nothing else. */
const texts = (values: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, text(value)]))

type ShownPin = PsaPin & { denied?: Denied }

const detailsOf = (pin: ShownPin): string | undefined => {
  if (pin.denied !== undefined) return `denied by the operator${caseOf(pin.denied)}: it is served to nobody`
  if (pin.status !== 'degraded') return undefined
  return `${pin.copies_left} of ${pin.replication_min} copies are left`
}

const caseOf = ({ caseNumber }: Denied): string => (caseNumber === null ? '' : `, case ${caseNumber}`)

const infoOf = (pin: ShownPin): Record<string, string> => {
  const { reason, ...info } = pinInfo(pin)
  const details = detailsOf(pin) ?? reason
  return texts({
    ...(details === undefined ? {} : { status_details: details }),
    ...info,
    ...(pin.dag_size === null ? {} : { dag_size: pin.dag_size }),
    ...(pin.expires_at === null ? {} : { pinned_until: new Date(pin.expires_at).toISOString() }),
  })
}

/** `PinStatus` of the Pinning Service API 1.0.0: what is not there is left out, never null. */
export const presentPin = (pin: ShownPin, delegates: readonly string[]): PinStatus => {
  const info = infoOf(pin)
  return {
    requestid: pin.id,
    status: pin.psa_status,
    created: createdOf(pin.created),
    pin: {
      cid: pin.cid,
      ...(pin.name === null ? {} : { name: pin.name }),
      ...(pin.origins.length === 0 ? {} : { origins: pin.origins }),
      ...(Object.keys(pin.meta).length === 0 ? {} : { meta: texts(pin.meta) }),
    },
    delegates: [...delegates],
    ...(Object.keys(info).length === 0 ? {} : { info }),
  }
}
