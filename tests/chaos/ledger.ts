/**
 * What the clients know. A request that got no answer leaves its file in doubt: the next look decides, and then for good.
 *
 *   uploading ──201──► there ──delete──► deleting ──200/202──► gone
 *       └──no answer──► in doubt            └──no answer──► in doubt
 */
export type FileState = 'uploading' | 'there' | 'deleting' | 'in doubt' | 'gone'

export type LedgerFile = {
  /** Unique in the whole run. */
  name: string
  owner: number
  /** What the bytes are made from: files with the same seed and size are the same content. */
  contentSeed: number
  size: number
  state: FileState
  /** Known once it was acknowledged or seen in a list. */
  id?: string
  cid?: string
}

export type ListedFile = { id: string; cid: string; name: string; size: number; pin: { status: string } }

/** Every file that any client ever tried to upload, and what is known of it. */
export class Ledger {
  readonly files: LedgerFile[] = []

  begin(file: Omit<LedgerFile, 'state'>): LedgerFile {
    const entry: LedgerFile = { ...file, state: 'uploading' }
    this.files.push(entry)
    return entry
  }

  in(...states: FileState[]): LedgerFile[] {
    return this.files.filter(({ state }) => states.includes(state))
  }

  liveBytes(): number {
    return this.in('there', 'deleting', 'in doubt').reduce((sum, { size }) => sum + size, 0)
  }

  /** After a kill: what had no answer is in doubt. */
  connectionsLost(): void {
    for (const file of this.in('uploading', 'deleting')) file.state = 'in doubt'
  }

  /**
   * Compares with what the owner's list says and settles what was in doubt.
   * @returns every contradiction in words
   */
  settle(owner: number, listed: readonly ListedFile[]): string[] {
    const problems: string[] = []
    const rows = new Map<string, ListedFile>()
    for (const row of listed) {
      if (rows.has(row.name)) problems.push(`${row.name} is listed twice`)
      rows.set(row.name, row)
    }
    for (const file of this.files.filter((file) => file.owner === owner)) {
      const row = rows.get(file.name)
      rows.delete(file.name)
      if (file.state === 'there' && row === undefined) problems.push(`${file.name} was acknowledged and is not listed`)
      if (file.state === 'gone' && row !== undefined) problems.push(`${file.name} was deleted and is listed again`)
      if (row !== undefined) {
        if (row.size !== file.size)
          problems.push(`${file.name} is listed with ${row.size} bytes instead of ${file.size}`)
        if (file.cid !== undefined && file.cid !== row.cid) problems.push(`${file.name} has another CID than before`)
        if (row.pin.status !== 'pinned') problems.push(`${file.name} is listed as ${row.pin.status}`)
        file.id = row.id
        file.cid = row.cid
      }
      if (file.state === 'in doubt') file.state = row === undefined ? 'gone' : 'there'
    }
    for (const name of rows.keys()) problems.push(`${name} is listed and was never uploaded`)
    return problems
  }
}
