export type BannerFacts = {
  apiUrl: string | null
  gatewayUrl: string | null
  dataDir: string
  /** Set while there is no administrator yet; good for 30 minutes. */
  setupUrl: string | null
  /** What the operator should hear. */
  warnings: readonly string[]
  /** Why the dashboard could not be built, if so. */
  dashboardProblem: string | null
}

/** First words of the line that says the platform is ready; programs that start it wait for them. */
export const READY_LINE = 'Holdfast is running'

/** What a start tells people. Pure. */
export const banner = (facts: BannerFacts): string => {
  const lines = [READY_LINE]
  if (facts.apiUrl !== null) lines.push(`  API and dashboard  ${facts.apiUrl}`)
  if (facts.gatewayUrl !== null) lines.push(`  Gateway            ${facts.gatewayUrl}`)
  lines.push(`  Data               ${facts.dataDir}`)
  for (const warning of facts.warnings) lines.push('', `WARNING: ${warning}`)
  if (facts.dashboardProblem !== null)
    lines.push('', `The dashboard could not be built; the API runs without it. ${facts.dashboardProblem}`)
  if (facts.setupUrl !== null)
    lines.push('', 'Make the first administrator within 30 minutes (the link works once):', `  ${facts.setupUrl}`)
  return `\n${lines.join('\n')}\n`
}
