import { expect, test } from 'vitest'
import { fileWork, foldersOf, folderWork } from './upload-work.ts'

const file = (path: string, text = 'x'): File =>
  Object.assign(new File([text], path.slice(path.lastIndexOf('/') + 1)), { webkitRelativePath: path })

test('the files that a folder input gives are sorted by their top folder', () => {
  const works = foldersOf([file('a/1.txt', 'one'), file('b/1.txt'), file('a/sub/2.txt', 'two')])
  expect(works.map(({ name, size }) => [name, size])).toEqual([
    ['a', 6],
    ['b', 1],
  ])
  expect(works[0]).toMatchObject({ files: [{ path: 'a/1.txt' }, { path: 'a/sub/2.txt' }], directories: [] })
})

test('a file without a path stands for itself', () => {
  expect(foldersOf([new File(['x'], 'lone.txt')])).toMatchObject([{ name: 'lone.txt', files: [{ path: 'lone.txt' }] }])
  expect(fileWork(new File(['abc'], 'a.txt'))).toMatchObject({ kind: 'file', name: 'a.txt', size: 3 })
})

test('an empty folder has no bytes', () => {
  expect(folderWork('void', [], ['void'])).toMatchObject({ size: 0, directories: ['void'] })
})
