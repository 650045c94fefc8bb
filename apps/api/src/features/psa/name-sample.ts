/** A pin's folded name, its first hundred characters, and whose it is. */
export type SampledName = { organization_id: string; name: string }

/** Trigrams that so many of all names have are no help to find one. */
const FREQUENT = 0.05
/** What at most one name of the sample has is had by few: by one in a thousand or so. */
const MAX_HITS = 1
/** An organization that has so many of all pins need not be looked for among what is rare. */
const LARGE = 0.1
/** A sample of fewer says nothing; so small a table needs no help. */
const MIN_NAMES = 500

/** Letters and digits of which each three in a row are a trigram (`pg_trgm`), whatever the database's locale. */
const WORDS = /[a-z0-9]{3,}/g
const TRIGRAM = 3

const trigramsOf = (word: string): string[] =>
  Array.from({ length: word.length - TRIGRAM + 1 }, (_, at) => word.slice(at, at + TRIGRAM))

/** Pure: what a sample of all names tells of how a part of a name is best looked for (ADR 0169). It decides how quickly, never what is found. */
export class NameSample {
  readonly #names: readonly string[]
  readonly #frequent = new Set<string>()
  readonly #byOrganization = new Map<string, number>()

  constructor(sampled: readonly SampledName[]) {
    this.#names = sampled.map(({ name }) => name)
    const counts = new Map<string, number>()
    for (const { name, organization_id } of sampled) {
      this.#byOrganization.set(organization_id, (this.#byOrganization.get(organization_id) ?? 0) + 1)
      const trigrams = new Set((name.match(WORDS) ?? []).flatMap(trigramsOf))
      for (const trigram of trigrams) counts.set(trigram, (counts.get(trigram) ?? 0) + 1)
    }
    for (const [trigram, count] of counts) if (count >= FREQUENT * sampled.length) this.#frequent.add(trigram)
  }

  /**
   * For an organization that has many of all pins: letters and digits within the folded part that few names of anybody have, and no trigram of which is frequent.
   * Undefined where there are none.
   */
  rareWithin(organizationId: string, folded: string): string | undefined {
    const names = this.#names
    if (names.length < MIN_NAMES) return undefined
    if ((this.#byOrganization.get(organizationId) ?? 0) < LARGE * names.length) return undefined
    const rare = this.#longestRare(folded)
    if (rare === undefined) return undefined
    let hits = 0
    for (const name of names) if (name.includes(rare) && ++hits > MAX_HITS) return undefined
    return rare
  }

  #longestRare(folded: string): string | undefined {
    let longest: string | undefined
    for (const word of folded.match(WORDS) ?? []) {
      let start = 0
      for (const [at, trigram] of trigramsOf(word).entries()) {
        if (this.#frequent.has(trigram)) start = at + 1
        else if (at + TRIGRAM - start > (longest?.length ?? 0)) longest = word.slice(start, at + TRIGRAM)
      }
    }
    return longest
  }
}
