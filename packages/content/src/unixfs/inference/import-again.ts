import type { CID } from 'multiformats/cid'
import type { BlockSource } from '../../block-source.ts'
import { CountingSink } from '../counting-sink.ts'
import { openFile } from '../file-reader.ts'
import { importFile } from '../import-file.ts'
import { FolderImport } from '../import-folder.ts'
import type { ImportProfile } from '../import-profile.ts'
import type { FolderShape } from './folder-shape.ts'

/** The root that the bytes behind `cid` get by a profile; nothing is stored. @throws as `openFile` and `importFile` */
export const importAgain = async (
  source: BlockSource,
  cid: CID,
  folder: FolderShape | undefined,
  profile: ImportProfile,
  signal: AbortSignal | undefined,
): Promise<CID> => {
  const options = signal === undefined ? {} : { signal }
  const sink = new CountingSink()
  const bytesOf = async (file: CID) => (await openFile(source, file, options)).read()
  if (folder === undefined) return (await importFile(await bytesOf(cid), { sink, profile, ...options })).root
  // The one name at the top is the root, whatever is below.
  const made = new FolderImport({ sink, profile, ...options })
  made.addDirectory([TOP])
  for (const path of folder.empty) made.addDirectory([TOP, ...path])
  for (const { path, cid: leaf, dagBytes, shape } of folder.leaves)
    if (shape === undefined) made.addEntry([TOP, ...path], { cid: leaf, size: 0, dagSize: dagBytes })
    else await made.addFile([TOP, ...path], await bytesOf(leaf))
  return (await made.finish()).root
}

const TOP = 'top'
