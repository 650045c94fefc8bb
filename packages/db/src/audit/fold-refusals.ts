import type { AuditEntry } from './audit-entry.ts'

export type NotedEntry = AuditEntry & {
  /** The e-mail address that a sign-in was tried with, in lower case; never written. */
  account?: string
  /** What the address counts as in limits: all of an IPv6 subscriber's are one. */
  addressKey?: string
}

const keyOf = ({ requestId: _id, address: _address, repeats: _repeats, ...entry }: NotedEntry): string =>
  JSON.stringify(entry)

/** Pure: equal refusals from one place become one row that counts them, so that a flood does not fill the log. */
export const foldRefusals = (entries: readonly NotedEntry[]): AuditEntry[] => {
  const folded = new Map<string, NotedEntry>()
  const rows: NotedEntry[] = []
  for (const entry of entries) {
    const key = keyOf(entry)
    const first = folded.get(key)
    if (entry.result === 'refused' && first !== undefined) {
      first.repeats += entry.repeats
      continue
    }
    const row = { ...entry }
    folded.set(key, row)
    rows.push(row)
  }
  return rows
}
