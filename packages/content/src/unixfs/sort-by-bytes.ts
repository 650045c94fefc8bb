const SURROGATE = /[\ud800-\udfff]/

/**
 * Sorts names in place by the bytes of their UTF-8, as dag-pb links are. JavaScript sorts by UTF-16, which differs where a
 * surrogate (of U+10000 and above) meets U+E000 to U+FFFF.
 */
export const sortByBytes = (names: string[]): string[] =>
  names.some((name) => SURROGATE.test(name)) ? names.sort(compareCodePoints) : names.sort()

const compareCodePoints = (one: string, other: string): number => {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at++) {
    const a = one.charCodeAt(at)
    const b = other.charCodeAt(at)
    // A surrogate stands for more than any other unit.
    if (a !== b) return isSurrogate(a) === isSurrogate(b) ? a - b : isSurrogate(a) ? 1 : -1
  }
  return one.length - other.length
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff
