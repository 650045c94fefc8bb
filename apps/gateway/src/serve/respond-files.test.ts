import { expect, it } from 'vitest'
import { readHeaders } from '../request/read-headers.ts'
import type { FileQuestion } from '../worker/file-question.ts'
import { respondFiles, type RespondFilesDeps } from './respond-files.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'

it('a worker that has not heard of the policy log for 5 s asks nobody and refuses', async () => {
  const asked: FileQuestion[] = []
  const depsAt = (ageMs: number) =>
    ({
      files: {
        find: async (question: FileQuestion) => {
          asked.push(question)
          return { refusal: { code: 'link_expired' as const } }
        },
        take: async () => true,
      },
      policyAgeMs: () => ageMs,
    }) as unknown as RespondFilesDeps
  const query = { filename: undefined, download: false, format: undefined, link: undefined, uri: undefined }
  const request = { method: 'GET', path: ['files', CID], query, headers: readHeaders([]) } as const
  const reader = {
    credentials: { credential: { kind: 'link', token: 'x' } },
    address: '127.0.0.1',
    onGrant: () => {},
  } as const
  await expect(respondFiles(request, reader, depsAt(5_001))).rejects.toMatchObject({ code: 'unavailable' })
  expect(asked).toEqual([])
  expect((await respondFiles(request, reader, depsAt(5_000))).status).toBe(410)
  expect(asked.length).toBe(1)
  // Without a credential it is an unknown CID then, too.
  const nobody = { ...reader, credentials: undefined }
  await expect(respondFiles(request, nobody, depsAt(5_001))).rejects.toMatchObject({ code: 'not_found' })
})
