/** Where records of IPNS names are told and found: the DHT, by the own node or by those of Kubo. Keys are those of `routingKeyOf`. */
export type IpnsRouting = {
  /** Whether there is nobody to be asked or told. */
  readonly isAlone: boolean
  /** @returns how many took it; 0 when nobody did, also when the signal ended it */
  putValue(key: Uint8Array, value: Uint8Array, signal: AbortSignal): Promise<number>
  /** What others have, not verified; null where there is nobody to ask. @throws when nobody could be asked */
  findValues(key: Uint8Array, signal: AbortSignal): Promise<readonly Uint8Array[] | null>
}

/** Null while the network is not up. */
export type FindIpnsRouting = () => Promise<IpnsRouting | null>
