/** Where the master key is kept: a file of the data folder, a setting, or a program of the operator's. */
export type MasterKeySource = {
  /** For messages, such as the file's path. */
  readonly place: string
  /**
   * The newest key first, then the one before it while a rotation is under way; none where none was made yet.
   * @throws StartError
   */
  read(): Promise<readonly Uint8Array[]>
  /** Replaces the keys, durably and at once. Only where we keep them ourselves. */
  write?(keys: readonly Uint8Array[]): Promise<void>
  /** Puts a version aside that a rotation has replaced: it is not read any more, but backups of before need it. */
  keep?(version: number, key: Uint8Array): Promise<void>
}

/** Keys that the settings hold. */
export const givenKeys = (keys: readonly Uint8Array[]): MasterKeySource => ({
  place: 'SECRET_KEY',
  read: async () => keys,
})
