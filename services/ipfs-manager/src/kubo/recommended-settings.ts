import RECOMMENDED from '../../../../infrastructure/ipfs/configs/kubo-config.json' with { type: 'json' }

/**
 * The settings that Kubo nodes should have: the one list that `npm run ipfs:up` writes into new repositories, that nodes are held to when they are used
 * (`checkSettings`), and that operators copy from. `all` holds for each network.
 */
export const recommendedSettings = RECOMMENDED

/** `local` is a public network on this machine alone: it finds what is in it, and dials nobody else. */
export type KuboNetwork = 'public' | 'local' | 'private'

type Settings = { [key: string]: unknown }

/** Kubo's own settings with those of the list over them; what the list does not name stays. */
export const withRecommended = (settings: Settings, network: KuboNetwork): Settings =>
  [recommendedSettings.all, recommendedSettings[network]].reduce(mergeObjects, settings)

const mergeObjects = (into: Settings, more: Settings): Settings => {
  const merged = { ...into }
  for (const [key, value] of Object.entries(more)) merged[key] = merge(into[key], value)
  return merged
}

/** Objects are merged, mounts of a datastore by their type; everything else, and what is to be empty, takes the place of what was there. */
const merge = (before: unknown, value: unknown): unknown => {
  if (isObject(before) && isObject(value) && Object.keys(value).length > 0) return mergeObjects(before, value)
  if (!isTyped(before) || !isTyped(value) || value.length === 0) return value
  return before.map((one) => {
    const more = value.find(({ type }) => type === one.type)
    return more === undefined ? one : mergeObjects(one, more)
  })
}

const isObject = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isTyped = (value: unknown): value is (Settings & { type: string })[] =>
  Array.isArray(value) && value.every((one) => isObject(one) && typeof one['type'] === 'string')
