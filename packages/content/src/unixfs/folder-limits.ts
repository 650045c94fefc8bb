/** How large a folder may be that is imported as one. It is held in memory until its root is known. */
export type FolderLimits = {
  /** Files and directories, those that only paths name included. */
  maxEntries: number
  /** Bytes of all their names. */
  maxNameBytes: number
}

export const FOLDER_LIMITS: Readonly<FolderLimits> = { maxEntries: 1_000_000, maxNameBytes: 64 * 1024 * 1024 }
