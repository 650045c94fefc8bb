const BROWSERS = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Headless)?Chrom(?:e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
] as const

const SYSTEMS = [
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
] as const

const find = (names: readonly (readonly [RegExp, string])[], agent: string): string | undefined =>
  names.find(([pattern]) => pattern.test(agent))?.[1]

/** Pure: what people call what a User-Agent stands for; of programs their own name. It proves nothing: clients say what they like. */
export const deviceName = (agent: string | null): string => {
  if (agent === null || agent.trim() === '') return 'Unknown device'
  const browser = find(BROWSERS, agent)
  if (browser === undefined) return agent.slice(0, 60)
  const system = find(SYSTEMS, agent)
  return system === undefined ? browser : `${browser} on ${system}`
}
