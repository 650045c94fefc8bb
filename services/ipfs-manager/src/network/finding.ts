/** Who the network says has a content. `asked`: peers that answered, none of which is the one who asks. */
export type Finding = {
  state: 'found' | 'not_found' | 'unknown'
  /** Why it could not be asked. */
  reason: string | null
  /** Whether one of our own nodes is among the providers. */
  isOurs: boolean
  /** Peer ids, at most 20. */
  providers: readonly string[]
  asked: number
}

export const MAX_PROVIDERS = 20

export const unknownFinding = (reason: string): Finding => ({
  state: 'unknown',
  reason,
  isOurs: false,
  providers: [],
  asked: 0,
})

/** What came of asking: nobody who answered is no answer, and never a `not_found`. */
export const findingOf = (providers: ReadonlySet<string>, ours: ReadonlySet<string>, asked: number): Finding => {
  if (providers.size === 0 && asked === 0) return unknownFinding('Nobody in the network answered.')
  return {
    state: providers.size > 0 ? 'found' : 'not_found',
    reason: null,
    isOurs: [...providers].some((peer) => ours.has(peer)),
    providers: [...providers].slice(0, MAX_PROVIDERS),
    asked,
  }
}
