import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import type { FileTree } from '../content/held-content.ts'
import { WeightedCache } from '../content/weighted-cache.ts'
import { InvalidRedirects, MAX_REDIRECTS_BYTES, parseRedirects, type RedirectRule } from './redirect-rules.ts'

const NAME = '_redirects'
const KEPT_BYTES = 4 * 1024 * 1024

const unreadable = (problem: string, cause?: unknown): HoldfastError =>
  new HoldfastError('invalid_redirects', { detail: `could not parse _redirects: ${problem}`, cause })

/** The `_redirects` files of directories, read once: a file's CID is all that it says. */
export class Redirects {
  readonly #rules = new WeightedCache<readonly RedirectRule[]>(KEPT_BYTES)

  /**
   * The rules of a site, or undefined when its root has none.
   * @throws HoldfastError `invalid_redirects` (Web _redirects File Specification, "Error Handling")
   */
  async of(root: CID, content: FileTree): Promise<readonly RedirectRule[] | undefined> {
    const cid = await content.directories.find(root, NAME)
    if (cid === undefined) return undefined
    const known = this.#rules.get(cid.toString())
    if (known !== undefined) return known
    const file = await content.fileOrDirectory(cid)
    if (file === 'directory') throw unreadable('it is a directory')
    const { size } = file.content
    if (size > MAX_REDIRECTS_BYTES) throw unreadable(`redirects file size cannot exceed ${MAX_REDIRECTS_BYTES} bytes`)
    const bytes = Buffer.allocUnsafe(size)
    if (size > 0) await file.content.read(0, bytes)
    try {
      const rules = parseRedirects(bytes.toString('utf8'))
      this.#rules.set(cid.toString(), rules, 200 + size * 4)
      return rules
    } catch (cause) {
      if (cause instanceof InvalidRedirects) throw unreadable(cause.message, cause)
      throw cause
    }
  }
}
