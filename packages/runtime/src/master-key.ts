import { SealingKey } from './sealing-key.ts'

export { UnsealError } from './sealing-key.ts'

/**
 * What the platform derives its own keys from, and seals what belongs to no tenant with. Its bytes are the derivation secret,
 * which the database keeps wrapped by the master key of the settings or the data folder: a new master key changes nothing
 * that comes from here (ADR 0110).
 */
export class MasterKey extends SealingKey {}
