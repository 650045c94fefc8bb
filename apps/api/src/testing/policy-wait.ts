/**
 * How long a test waits for the policy log. It takes a quarter of a second, but any transaction of another test on the same server holds
 * it back (ADR 0022). Less than the 10 s after which a cached credential is looked up anyway, or nothing would be shown.
 */
export const POLICY_WAIT = { timeout: 5_000, interval: 20 } as const
