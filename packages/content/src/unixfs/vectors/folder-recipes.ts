import { EMPTY_DIRECTORY_BYTES, linkBytes } from '../directory-node-encode.ts'
import type { ImportParameters } from '../import-parameters.ts'
import type { ImportProfileName } from '../import-profile.ts'

/** A folder that Kubo and we import alike; `text` is a file's content, undefined for an empty directory. */
export type RecipeEntry = { path: string; text?: string }

export type FolderRecipe = {
  name: string
  /** Beyond those of the profile that the recipe is made with. */
  parameters: ImportParameters
  wrap: boolean
  entries: () => RecipeEntry[]
}

const THRESHOLD = 262_144
/** Bytes of a tiny file's CID and its Tsize with content `x`, by profile. */
const TINY: Record<ImportProfileName, { cid: number; dagBytes: number }> = {
  'unixfs-v1-2025': { cid: 36, dagBytes: 1 },
  'unixfs-v0-2015': { cid: 34, dagBytes: 9 },
}

const numbered = (count: number, folder = 'f'): RecipeEntry[] =>
  Array.from({ length: count }, (_, index) => ({ path: `${folder}/file-${index}.txt`, text: `${index}` }))

/** Files of content `x` whose names make a directory that is reckoned as exactly `size` bytes. */
const ofSize = (size: number, empty: number, linkSize: (nameBytes: number) => number): RecipeEntry[] => {
  const entries: RecipeEntry[] = []
  let left = size - empty
  const add = (nameBytes: number) => {
    entries.push({ path: `f/${`${entries.length}`.padStart(nameBytes, '0')}`, text: 'x' })
    left -= linkSize(nameBytes)
  }
  while (left > 4 * linkSize(20)) add(20)
  // What is left goes to two names whose sizes add up to it, as a length needs one byte more or less here and there.
  for (let first = 10; first < 120; first++)
    for (let second = 10; second < 120; second++)
      if (linkSize(first) + linkSize(second) === left) {
        add(first)
        add(second)
        return entries
      }
  throw new Error(`no two names have links of ${left} bytes`)
}

const byBlock = (profile: ImportProfileName, size: number): RecipeEntry[] =>
  ofSize(size, EMPTY_DIRECTORY_BYTES, (nameBytes) => linkBytes(nameBytes, TINY[profile].cid, TINY[profile].dagBytes))
const byLinks = (profile: ImportProfileName, size: number): RecipeEntry[] =>
  ofSize(size, 0, (nameBytes) => nameBytes + TINY[profile].cid)

/** Names whose hashes have their first 44 bits in common: six levels of shards at the fan-out of 256. */
const DEEP_NAMES = ['deep-3549544', 'deep-4978060']

const recipe = (
  name: string,
  entries: () => RecipeEntry[],
  { wrap = false, ...parameters }: ImportParameters & { wrap?: boolean } = {},
): FolderRecipe => ({ name, parameters, wrap, entries })

const UNICODE = ['ä', 'Ωmega', 'name with spaces', 'emoji 😀', '漢字', 'tab\there', "quote'\"", 'back\\slash', '-dash', '%2F']

/** What Kubo is asked for, with the profile as its configuration. */
export const folderRecipes = (profile: ImportProfileName): FolderRecipe[] => [
  recipe('empty directory', () => [{ path: 'f' }]),
  recipe('one file', () => [{ path: 'f/a.txt', text: 'hello' }]),
  recipe('one empty file', () => [{ path: 'f/empty', text: '' }]),
  recipe('one file wrapped', () => [{ path: 'a.txt', text: 'hello' }], { wrap: true }),
  recipe('one folder wrapped', () => [{ path: 'f/a.txt', text: 'hello' }], { wrap: true }),
  recipe('nested, with empty directories', () => [
    { path: 'f/a/b/c/d.txt', text: 'd' },
    { path: 'f/a/b.txt', text: 'b' },
    { path: 'f/a/b/empty' },
    { path: 'f/z' },
    { path: 'f/a.b', text: 'sorts between a and a/b' },
  ]),
  recipe('unicode names', () => UNICODE.map((name) => ({ path: `f/${name}`, text: name }))),
  recipe('names that UTF-8 and UTF-16 sort differently', () =>
    ['\ue000', '😀', '\uffee', 'z', '𐀀'].map((name) => ({ path: `f/${name}`, text: name })),
  ),
  ...[-1, 0, 1].flatMap((more) => [
    recipe(`a block of the threshold ${more}`, () => byBlock(profile, THRESHOLD + more), { hamtEstimation: 'block' }),
    recipe(`links of the threshold ${more}`, () => byLinks(profile, THRESHOLD + more), { hamtEstimation: 'links' }),
  ]),
  recipe('1,000 files', () => numbered(1_000)),
  recipe('1,000 files sharded', () => numbered(1_000), { hamtThreshold: 1 }),
  recipe('1,000 files never sharded', () => numbered(1_000), { hamtThreshold: 0 }),
  recipe('8,000 files never sharded', () => numbered(8_000), { hamtThreshold: 0 }),
  recipe('1,000 files with the estimation disabled', () => numbered(1_000), { hamtEstimation: 'disabled' }),
  recipe('1,000 files of at most 999', () => numbered(1_000), { directoryMaxLinks: 999 }),
  recipe('1,000 files of at most 1,000', () => numbered(1_000), { directoryMaxLinks: 1_000 }),
  recipe('1,000 files of at most 999, estimation disabled', () => numbered(1_000), {
    directoryMaxLinks: 999,
    hamtEstimation: 'disabled',
  }),
  ...[8, 16, 32, 64, 128, 512, 1024].map((hamtFanout) =>
    recipe(`2,000 files, fan-out ${hamtFanout}`, () => numbered(2_000), { hamtThreshold: 1, hamtFanout }),
  ),
  recipe('20,000 files', () => numbered(20_000)),
  recipe(
    'nested sharded directories',
    () => ['f', 'f/one', 'f/one/two', 'f/three'].flatMap((folder) => numbered(300, folder)),
    { hamtThreshold: 10_000 },
  ),
  recipe('a directory that only its large subdirectories make large', () => [
    ...byBlock(profile, THRESHOLD - linkBytes(3, TINY[profile].cid, 100)),
    ...numbered(2_000, 'f/sub'),
  ]),
  recipe('names of one shard far down', () => DEEP_NAMES.map((name) => ({ path: `f/${name}`, text: name })), {
    hamtThreshold: 1,
  }),
  recipe('names of one shard far down, fan-out 8', () => DEEP_NAMES.map((name) => ({ path: `f/${name}`, text: name })), {
    hamtThreshold: 1,
    hamtFanout: 8,
  }),
]
