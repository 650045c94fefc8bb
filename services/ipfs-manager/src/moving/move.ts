/** `contents` and `bytes` are those that have not moved yet; `leaving` are copies that nodes have still to let go. */
export type MoveFigures = { contents: number; bytes: number; atWork: number; leaving: number; problems: number }

/** A move of all content from one backend to the other. The running platform does the work; all that is known of it is in the database. */
export type Move = {
  /** Says what has to move. Changes nothing when it was said before. */
  begin(): Promise<void>
  figures(): Promise<MoveFigures>
  /** What stands in its way, a line for each kind. */
  problems(): Promise<string[]>
  /** Whether a platform that has these nodes runs. */
  isAttended(): Promise<boolean>
}
