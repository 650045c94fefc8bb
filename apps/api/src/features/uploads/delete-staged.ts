import type { UploadStaging } from '@packages/content/upload-staging/upload-staging'

/** Gives the space of uploads back whose bytes are needed no more. */
export const deleteStaged = async (staging: Pick<UploadStaging, 'remove'>, ids: Iterable<string>): Promise<void> => {
  for (const id of ids) await staging.remove(id)
}
