/** Where records of IPNS names are told and found: the DHT, by the own node or by those of Kubo. Keys are those of `routingKeyOf`. */
export type IpnsRouting = {
  /** Whether there is nobody to be asked or told. */
  readonly isAlone: boolean
  /** @returns how many took it; 0 when nobody did, also when the signal ended it */
  putValue(key: Uint8Array, value: Uint8Array, signal: AbortSignal): Promise<number>
  /** What others have, not verified; null where there is nobody to ask. @throws when nobody could be asked */
  findValues(key: Uint8Array, signal: AbortSignal, options?: FindOptions): Promise<readonly Uint8Array[] | null>
}

/** `graceMs`: how long others are waited for after the first that has a value, where several are asked for us; until all have said by default. */
export type FindOptions = { graceMs?: number }

/** Null while the network is not up. */
export type FindIpnsRouting = () => Promise<IpnsRouting | null>
