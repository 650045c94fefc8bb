/** What the last look for a place of a content came to, in the words that its pins' status has; what is short by now, the copies tell. */
export const NO_OTHER_NODE = 'no other node is up and has room'
export const noNodeIn = (zone: string): string => `no node in zone ${zone} can take a copy`

/** One in each line, as `contents.shortage` keeps them; null for none. */
export const writeReasons = (reasons: readonly string[]): string | null =>
  reasons.length === 0 ? null : reasons.join('\n')

/**
 * What a pin's content lacks of what the pin itself asks for, and why.
 * @param reasons of the last look for a place; null: nobody has looked, or there is only one node
 * @param bare zones that the pin asks for and that have no confirmed copy
 */
export const shortageOf = (
  { confirmed, max, bare }: { confirmed: number; max: number; bare: readonly string[] },
  reasons: string | null,
): string | null => {
  const known = reasons?.split('\n') ?? []
  const isShort = confirmed < max
  const why = [
    ...bare.map((zone) => (known.includes(noNodeIn(zone)) ? noNodeIn(zone) : `zone ${zone} has no copy yet`)),
    ...(isShort && known.includes(NO_OTHER_NODE) ? [NO_OTHER_NODE] : []),
  ]
  const counts = `${confirmed} of ${max} copies`
  if (why.length === 0) return isShort ? `${counts} are confirmed` : null
  return isShort ? `${counts}: ${why.join(', ')}` : why.join(', ')
}
