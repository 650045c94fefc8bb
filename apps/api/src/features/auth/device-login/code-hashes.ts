import { createHmac, hash } from 'node:crypto'
import type { MasterKey } from '@packages/runtime/master-key'

/** 256 random bits: their hash tells nothing. */
export const hashOfDeviceCode = (deviceCode: string): Buffer => hash('sha256', deviceCode, 'buffer')

/** A user code has 34 bits, which a plain hash would give away to who reads the database. */
export class UserCodeHashes {
  readonly #key: Uint8Array

  constructor(masterKey: Pick<MasterKey, 'derive'>) {
    this.#key = masterKey.derive('holdfast/device-user-code/v1')
  }

  of(userCode: string): Buffer {
    return createHmac('sha256', this.#key).update(userCode).digest()
  }
}
