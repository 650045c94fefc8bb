import type { ColumnType, JSONColumnType } from 'kysely'

export type Json<T extends object = Record<string, unknown>> = JSONColumnType<T>
export type GeneratedJson = ColumnType<Record<string, unknown>, string | undefined, string>
export type Timestamp = ColumnType<Date, Date | string, Date | string>
export type GeneratedTimestamp = ColumnType<Date, Date | string | undefined, Date | string>
/** A 64-bit transaction number, as text. */
export type Xid = ColumnType<string, string, string>
export type GeneratedXid = ColumnType<string, never, never>
export type Identity = ColumnType<number, never, never>
