import type { Wish } from './strangers.ts'

/** What can be hoped for of a CID. */
export type PinKind = 'reachable' | 'uploaded' | 'unreachable' | 'incomplete' | 'endless'

/**
 * What a client of the Pinning Service API knows, as `LedgerFile`: `there` once it was answered 202, and what had no answer is in doubt until the next look.
 */
export type LedgerPin = {
  /** Unique in the whole run: what is in doubt is found by it. */
  name: string
  owner: number
  kind: PinKind
  wish: Wish
  state: 'adding' | 'there' | 'deleting' | 'in doubt' | 'gone'
  requestid?: string
  /** The least number of copies that was asked for and acknowledged last; absent while it is the default or not known. */
  min?: number
  /** While the answer to its renaming is not known: the pin that takes its place. One of both has to be there. */
  replacedBy?: LedgerPin
  acknowledgedAt?: number
}

export type ListedPin = { requestid: string; status: string; pin: { cid: string; name?: string } }

/** Every pin by CID that any client asked for. */
export class PinLedger {
  readonly pins: LedgerPin[] = []

  begin(pin: Omit<LedgerPin, 'state'>): LedgerPin {
    const entry: LedgerPin = { ...pin, state: 'adding' }
    this.pins.push(entry)
    return entry
  }

  there(owner: number): LedgerPin[] {
    return this.pins.filter((pin) => pin.state === 'there' && pin.owner === owner)
  }

  /** What had no answer is in doubt. */
  connectionsLost(): void {
    for (const pin of this.pins) if (pin.state === 'adding' || pin.state === 'deleting') pin.state = 'in doubt'
  }

  /** Compares with what the owner's list says, and settles what was in doubt. @returns every contradiction in words */
  settle(owner: number, listed: readonly ListedPin[]): string[] {
    const problems: string[] = []
    const rows = new Map(listed.map((row) => [row.pin.name ?? '', row]))
    for (const pin of this.pins) {
      if (pin.owner !== owner) continue
      const row = rows.get(pin.name)
      rows.delete(pin.name)
      if (pin.state === 'there' && row === undefined)
        problems.push(`the pin ${pin.name} was acknowledged and is not listed`)
      if (pin.state === 'gone' && row !== undefined)
        problems.push(`the pin ${pin.name} was deleted and is listed again`)
      if (row !== undefined && row.pin.cid !== pin.wish.cid) problems.push(`the pin ${pin.name} has another CID`)
      const { replacedBy } = pin
      if (
        replacedBy !== undefined &&
        (row === undefined) === !listed.some(({ pin: { name } }) => name === replacedBy.name)
      )
        problems.push(
          `the pin ${pin.name} was renamed to ${replacedBy.name}, and ${row ? 'both are' : 'neither is'} there`,
        )
      delete pin.replacedBy
      if (row !== undefined) pin.requestid = row.requestid
      if (pin.state === 'in doubt') pin.state = row === undefined ? 'gone' : 'there'
    }
    return problems
  }
}
