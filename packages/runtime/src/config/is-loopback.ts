import { isIPv4 } from 'node:net'

/** Whether what is sent to this host stays on this machine. Of names only `localhost` is believed, and addresses in plain spelling. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
