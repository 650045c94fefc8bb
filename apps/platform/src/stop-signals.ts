/** npm hands a terminal's Ctrl-C on to us although we got it too: a second signal counts only after this time. */
const SAME_SIGNAL_MS = 500

/** Calls `stop` on the first SIGINT or SIGTERM; a later one leaves at once. */
export const onStopSignals = (stop: () => void): void => {
  let since: number | undefined
  const handle = (): void => {
    const now = performance.now()
    if (since === undefined) {
      since = now
      stop()
    } else if (now - since > SAME_SIGNAL_MS) process.exit(130)
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)
}
