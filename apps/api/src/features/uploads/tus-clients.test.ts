import { randomBytes } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { Upload, type UploadOptions } from 'tus-js-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cidOf, startTestUploads, uploadMetadata, UPLOADS, type TestUploads } from '../../testing/test-uploads.ts'

let uploads: TestUploads
beforeAll(async () => {
  uploads = await startTestUploads()
})
afterAll(() => uploads.stop())

/** Runs tus-js-client to its end. */
const upload = (source: UploadOptions['fileReader'] | unknown, options: Partial<UploadOptions>): Promise<Upload> =>
  new Promise((resolve, reject) => {
    const client: Upload = new Upload(source as ConstructorParameters<typeof Upload>[0], {
      endpoint: `${uploads.origin}${UPLOADS}`,
      headers: uploads.user.headers,
      retryDelays: null,
      onSuccess: () => resolve(client),
      onError: reject,
      ...options,
    })
    client.start()
  })

describe('tus-js-client', () => {
  it('uploads a file in pieces', async () => {
    const bytes = randomBytes(5_000_000)
    const client = await upload(bytes, { chunkSize: 2_000_000, metadata: { filename: 'plain.bin', filetype: 'a/b' } })
    const [file] = await uploads.filesNamed('plain.bin')
    expect(file).toMatchObject({ size: bytes.length, cid: await cidOf(bytes), contentType: 'a/b' })
    expect(client.url).toContain(`${uploads.origin}${UPLOADS}/`)
    const state = (await (await uploads.send('GET', client.url ?? '')).json()) as object
    expect(state).toMatchObject({ state: 'finished', offset: 5_000_000, file: file.id, cid: file.cid, failure: null })
  })

  it('uploads in parallel pieces that become one file', async () => {
    const bytes = randomBytes(3_000_001)
    const metadata = { name: 'parallel.bin', metadata: '{"a":1}' }
    await upload(bytes, { parallelUploads: 4, metadata })
    const files = await uploads.filesNamed('parallel.bin')
    expect(files).toMatchObject([{ size: bytes.length, cid: await cidOf(bytes), metadata: { a: 1 } }])
  })

  it('uploads a stream of unknown length', async () => {
    const bytes = randomBytes(2_500_000)
    // Not a file's stream, of which the client knows the length.
    const source = new PassThrough()
    source.end(bytes)
    await upload(source, { uploadLengthDeferred: true, chunkSize: 1_000_000, metadata: { name: 'deferred.bin' } })
    expect(await uploads.filesNamed('deferred.bin')).toMatchObject([{ size: bytes.length, cid: await cidOf(bytes) }])
  })

  it('sends the first bytes with the creation', async () => {
    await upload(Buffer.from('small'), { uploadDataDuringCreation: true, metadata: { name: 'created.txt' } })
    expect(await uploads.filesNamed('created.txt')).toMatchObject([{ size: 5, contentType: 'text/plain' }])
  })

  it('resumes from what an earlier client left', async () => {
    const bytes = randomBytes(900_000)
    const { url } = await uploads.create({
      'upload-length': String(bytes.length),
      'upload-metadata': uploadMetadata({ name: 'resumed.bin' }),
    })
    expect((await uploads.patch(url, 0, bytes.subarray(0, 300_000))).status).toBe(204)
    let sent = 0
    await upload(bytes, {
      uploadUrl: new URL(url, uploads.origin).href,
      onChunkComplete: (size) => {
        sent += size
      },
    })
    expect(sent).toBe(600_000)
    expect(await uploads.filesNamed('resumed.bin')).toMatchObject([{ cid: await cidOf(bytes) }])
  })
})
