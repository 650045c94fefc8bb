import { access, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** Debian's libfaketime; the folder is named after the machine. */
const LIBRARIES = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
]

/** Hands the clock on to what is started with an environment of its own, and runs what repeats every second. */
export const CLOCK_PRELOAD = fileURLToPath(new URL('hasten.ts', import.meta.url))

export const findFaketime = async (): Promise<string | null> => {
  for (const path of LIBRARIES)
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path
  return null
}

/**
 * The wall clock of a whole process tree, which can be set while it runs. Monotonic clocks and the times of files stay as
 * they are, as they do when somebody sets the clock of a machine. (A time namespace shifts monotonic clocks alone:
 * time_namespaces(7).)
 */
export class FakeClock {
  readonly #file: string
  readonly environment: Record<string, string>

  constructor(file: string, library: string) {
    this.#file = file
    this.environment = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      // Read at each look: all processes jump at once.
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    }
  }

  /** From now on the clock differs from the true time by so many seconds. */
  async set(offsetSeconds: number): Promise<void> {
    const text = `${offsetSeconds < 0 ? '' : '+'}${Math.round(offsetSeconds)}\n`
    await writeFile(`${this.#file}.new`, text)
    await rename(`${this.#file}.new`, this.#file)
  }
}
