import type { BlockSink } from '@packages/content/block-source'
import { FolderImport } from '@packages/content/unixfs/import-folder'
import { importFile, type ImportedFile } from '@packages/content/unixfs/import-file'
import type { ImportProfile } from '@packages/content/unixfs/import-profile'
import { HoldfastError } from '@packages/shared/holdfast-error'
import type { CID } from 'multiformats/cid'
import { decodeUtf8 } from '../upload-body/multipart/decode-utf8.ts'
import type { MultipartPart } from '../upload-body/multipart/read-multipart.ts'
import { contentTypeOf } from '../values/content-type.ts'
import { invalidName, nameFromFilename } from '../values/file-name.ts'
import { ByteBudget } from './byte-budget.ts'
import { isDirectoryPart, pathOfOnlyPart, pathOfPart, type PartPlace } from './part-path.ts'

const DIRECTORY_TYPE = 'application/x-directory'
/** Files and directories, those included that only paths name: twice as many as a form has parts. */
const MAX_ENTRIES = 200_000

/** One root of all the parts `file` of a form. */
export type MadeFromForm = {
  root: CID
  kind: 'file' | 'directory'
  /** Bytes of the files. */
  size: number
  name: string
  /** That of the row. */
  contentType: string
  /** Files and directories that the paths name; of a folder only. */
  entries?: number
}

export type FormContentOptions = { sink: BlockSink; profile: ImportProfile; signal: AbortSignal; maxBytes: number }

type FirstFile = PartPlace & { imported: ImportedFile; path: string[] | undefined }

/**
 * Makes one DAG of the parts `file` as they come. The first one is imported before anybody knows whether there are more:
 * alone it is a single file, unless its filename is a path; with others it is an entry of a folder.
 */
export class FormContent {
  readonly #options: FormContentOptions
  readonly #budget: ByteBudget
  #first: FirstFile | undefined
  #folder: FolderImport | undefined

  constructor(options: FormContentOptions) {
    this.#options = options
    this.#budget = new ByteBudget(options.maxBytes)
  }

  /** Reads the part to its end. @throws HoldfastError `missing_file`, `invalid_path`, `payload_too_large`, … */
  async add(part: MultipartPart): Promise<void> {
    const { filename, contentType } = part
    if (filename === '') throw new HoldfastError('missing_file', { detail: 'The form has no file chosen.' })
    const bytes = this.#budget.limit(part.body)
    if (isDirectoryPart(part)) {
      this.#openFolder().addDirectory(pathOfPart(part))
      for await (const _ of bytes) throw new HoldfastError('invalid_multipart', { detail: 'A directory has no bytes.' })
    } else if (this.#first === undefined && this.#folder === undefined) {
      const path = pathOfOnlyPart(part)
      const imported = await importFile(bytes, this.#options)
      this.#first = { filename, contentType, imported, path }
    } else {
      await this.#openFolder().addFile(pathOfPart(part), bytes)
    }
  }

  /**
   * Writes the directories.
   * @param name what the form says: the row's name, and that of a single file in the directory that `wrap` puts around it
   * @throws HoldfastError `missing_file`, `invalid_name`
   */
  async finish({ wrap, name }: { wrap: boolean; name: string | undefined }): Promise<MadeFromForm> {
    const first = this.#first
    if (this.#folder === undefined && first === undefined) throw new HoldfastError('missing_file')
    if (this.#folder === undefined && first !== undefined) {
      const { path } = first
      const label = path === undefined ? (name ?? nameOf(first.filename)) : undefined
      if (label !== undefined && !wrap) {
        const { root, size } = first.imported
        return { root, kind: 'file', size, name: label, contentType: contentTypeOf(first.contentType, label) }
      }
      this.#openFolder(path ?? [label as string])
    }
    const { root, kind, size, entries, name: top } = await this.#openFolder().finish({ wrap })
    return { root, kind, size, entries, name: name ?? top ?? root.toString(), contentType: DIRECTORY_TYPE }
  }

  #openFolder(pathOfFirst?: string[]): FolderImport {
    if (this.#folder !== undefined) return this.#folder
    this.#folder = new FolderImport({ ...this.#options, limits: { maxEntries: MAX_ENTRIES } })
    if (this.#first !== undefined) {
      const { root, size, dagSize } = this.#first.imported
      this.#folder.addEntry(pathOfFirst ?? pathOfPart(this.#first), { cid: root, size, dagSize })
    }
    return this.#folder
  }
}

const nameOf = (filename: string | null): string => {
  if (filename === null) throw invalidName('file', 'is missing: send a filename with the part, or a field "name"')
  return nameFromFilename(decodeUtf8(filename))
}
