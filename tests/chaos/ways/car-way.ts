import { importFile } from '@packages/content/unixfs/import-file'
import { DEFAULT_IMPORT_PROFILE, importProfiles } from '@packages/content/unixfs/import-profile'
import { generatedBytes } from '../../acceptance/generated-bytes.ts'
import { UploadRefused } from '../../acceptance/stream-upload.ts'
import type { UploadWay } from './upload-way.ts'

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) | 128)
  }
}

const section = (...parts: readonly Uint8Array[]): Buffer => {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  return Buffer.concat([varint(length), ...parts])
}

/** DAG-CBOR of `{ roots: [root], version: 1 }` (CARv1): a CID is tag 42 on its bytes behind a zero. */
const header = (root: Uint8Array): Buffer =>
  section(
    Buffer.from([0xa2, 0x65]),
    Buffer.from('roots'),
    Buffer.from([0x81, 0xd8, 0x2a, 0x58, root.length + 1, 0]),
    root,
    Buffer.from([0x67]),
    Buffer.from('version'),
    Buffer.from([1]),
  )

/** `POST /api/v1/files/car`: the same file as a CAR, as our importer would make its blocks. */
export const carWay: UploadWay = {
  name: 'car',
  shape: 'file',
  weight: 2,
  async send({ name, size, contentSeed }, { apiUrl, key, signal }) {
    const sections: Buffer[] = []
    const put = (cid: { bytes: Uint8Array }, bytes: Uint8Array): void =>
      void sections.push(section(cid.bytes, Uint8Array.from(bytes)))
    const profile = importProfiles[DEFAULT_IMPORT_PROFILE]
    const { root } = await importFile(generatedBytes(size, contentSeed), { sink: { put }, profile })
    const answer = await fetch(`${apiUrl}/api/v1/files/car?name=${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/vnd.ipld.car' },
      body: Buffer.concat([header(root.bytes), ...sections]),
      signal,
    })
    const text = await answer.text()
    if (answer.status !== 201) throw new UploadRefused(answer.status, text)
    const [made] = (JSON.parse(text) as { files: { file: { id: string; cid: string } }[] }).files
    if (made === undefined) throw new UploadRefused(answer.status, text)
    return { id: made.file.id, cid: made.file.cid }
  },
}
