/** What fetches have brought that are not at their end yet: nobody is served from it. */
export const FETCHING_REALM = 'fetching'

/**
 * Realms whose blocks stand alone: an import that lacks some of its blocks, what was brought to the gateway without a pin, and what was read from nodes or
 * fetched and may go again.
 */
const FLAT_REALMS: ReadonlySet<string> = new Set([
  'incomplete',
  'cache',
  'cache:nodes',
  'cache:network',
  FETCHING_REALM,
])

/**
 * True when a block of this realm holds nothing but itself: its links are not followed, except those of a list block. A rebuild of the index
 * comes to the same counts, because the realm stands in each segment's title.
 */
export const isFlatRealm = (realm: string): boolean => FLAT_REALMS.has(realm)
