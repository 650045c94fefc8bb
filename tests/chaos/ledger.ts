/**
 * What the clients know. A request that got no answer leaves its file in doubt: the next look decides, and then for good.
 *
 *   uploading ──201──► there ──delete──► deleting ──200/202──► gone
 *       ├──no answer──► in doubt            └──no answer──► in doubt
 *       └──refused──► gone, but for one that can be gone on with: it stays in doubt
 */
export type FileState = 'uploading' | 'there' | 'deleting' | 'in doubt' | 'gone'

export type LedgerFile = {
  /** Unique in the whole run. */
  name: string
  owner: number
  /** How it was sent: a name out of `ways/upload-ways.ts`. */
  way: string
  /** A folder's entries are made from the same two numbers (`content.ts`). */
  shape: 'file' | 'folder'
  /** What the bytes are made from: files with the same shape, seed and size are the same content. */
  contentSeed: number
  size: number
  state: FileState
  /** Known once it was acknowledged or seen in a list. */
  id?: string
  cid?: string
  /** Path of an upload that can be gone on with. */
  resumeAt?: string
  /** Where it was gone on with before it was acknowledged. */
  finishedAt?: string
  /**
   * The platform was killed, or failed, while it may have been making this file, and makes it again: of the first time a root without a row
   * may be left in the store.
   */
  madeTwice?: true
  /** It was told after the moment that the disks went back to: the platform need not know it. */
  mayBeLost?: true
  /** On this process's own clock, in ms. */
  begunAt: number
  acknowledgedAt?: number
}

export type ListedFile = { id: string; cid: string; name: string; size: number; pin: { status: string } }

/** A finished upload goes on telling which file it became, also when that was deleted since: it is not gone on with. */
export const finished = (file: LedgerFile): void => {
  if (file.resumeAt !== undefined) file.finishedAt = file.resumeAt
  delete file.resumeAt
}

/** The states of all files at one moment. */
export type Moment = ReadonlyMap<LedgerFile, FileState>

/** Every file that any client ever tried to upload, and what is known of it. */
export class Ledger {
  readonly files: LedgerFile[] = []

  begin(file: Omit<LedgerFile, 'state' | 'begunAt'>): LedgerFile {
    const entry: LedgerFile = { ...file, state: 'uploading', begunAt: performance.now() }
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
    for (const file of this.in('in doubt')) if (file.resumeAt !== undefined) file.madeTwice = true
  }

  moment(): Moment {
    return new Map(this.files.map((file) => [file, file.state]))
  }

  /** The disks are as they were at that moment, or a little later: what was answered after it may have happened or not. */
  wentBackTo(moment: Moment): void {
    for (const file of this.files) {
      const then = moment.get(file)
      if (then === file.state && (then === 'there' || then === 'gone')) continue
      file.state = 'in doubt'
      if (then === 'there' || then === 'deleting') continue
      // Its rows may be lost and its blocks be there: a look by its CID may find either.
      delete file.id
      delete file.cid
      delete file.acknowledgedAt
      // The platform may have all its bytes, and make the file once more.
      const path = file.resumeAt ?? file.finishedAt
      if (path !== undefined) Object.assign(file, { resumeAt: path, madeTwice: true, mayBeLost: true })
    }
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
      if (file.state === 'there' && row === undefined)
        problems.push(`${file.name} (${file.way}) was acknowledged and is not listed`)
      if (file.state === 'gone' && row !== undefined)
        problems.push(`${file.name} (${file.way}) was deleted and is listed again`)
      if (row !== undefined) {
        if (row.size !== file.size)
          problems.push(`${file.name} is listed with ${row.size} bytes instead of ${file.size}`)
        if (file.cid !== undefined && file.cid !== row.cid) problems.push(`${file.name} has another CID than before`)
        if (row.pin.status !== 'pinned') problems.push(`${file.name} is listed as ${row.pin.status}`)
        file.id = row.id
        file.cid = row.cid
        finished(file)
      }
      if (file.state !== 'in doubt') continue
      if (row !== undefined) file.state = 'there'
      // One that can be gone on with may still come, by itself too when all its bytes were there.
      else if (file.resumeAt === undefined) file.state = 'gone'
    }
    for (const name of rows.keys()) problems.push(`${name} is listed and was never uploaded`)
    return problems
  }
}
