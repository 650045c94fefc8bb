import type { Random } from '../random.ts'
import { carWay } from './car-way.ts'
import { folderWay } from './folder-way.ts'
import { formWay } from './form-way.ts'
import { tusWay } from './tus-way.ts'
import type { UploadWay } from './upload-way.ts'

export const UPLOAD_WAYS: readonly UploadWay[] = [formWay, folderWay, carWay, tusWay]

/** One of them, by weight. */
export const drawWay = (random: Random, ways: readonly UploadWay[] = UPLOAD_WAYS): UploadWay => {
  let left = random.next() * ways.reduce((sum, { weight }) => sum + weight, 0)
  for (const way of ways) {
    left -= way.weight
    if (left < 0) return way
  }
  return formWay
}
