import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'

/** A certificate chain, the server's own first, and its private key, in PEM. Plain data: it crosses process borders. */
export type TlsPair = { cert: string; key: string }

export type TlsFiles = { certFile: string; keyFile: string }

/** What an operator can repair: names setting and file, never quotes them. */
export class TlsPairProblem extends Error {
  override readonly name = 'TlsPairProblem'
}

const read = async (setting: string, path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason'
    throw new TlsPairProblem(`${setting} cannot be read: ${path} (${reason})`, { cause })
  }
}

const attempt = <T>(work: () => T, problem: string): T => {
  try {
    return work()
  } catch {
    // Not kept as the cause: OpenSSL's words say nothing to an operator.
    throw new TlsPairProblem(problem)
  }
}

/** Reads both files and sees that they belong together. @throws TlsPairProblem */
export const readTlsPair = async ({ certFile, keyFile }: TlsFiles): Promise<TlsPair> => {
  const [cert, key] = await Promise.all([read('TLS_CERT', certFile), read('TLS_KEY', keyFile)])
  const certificate = certificateOf(cert, certFile)
  if (key.includes('ENCRYPTED')) throw new TlsPairProblem(`TLS_KEY needs a passphrase; give it without: ${keyFile}`)
  const privateKey = attempt(() => createPrivateKey(key), `TLS_KEY has no private key in PEM: ${keyFile}`)
  if (!certificate.checkPrivateKey(privateKey))
    throw new TlsPairProblem(`TLS_KEY is not the key of the first certificate in TLS_CERT: ${keyFile}, ${certFile}`)
  attempt(() => createSecureContext({ cert, key }), `TLS_CERT cannot be used (is its key long enough?): ${certFile}`)
  return { cert, key }
}

export const certificateOf = (cert: string, certFile: string): X509Certificate =>
  attempt(() => new X509Certificate(cert), `TLS_CERT has no certificate in PEM: ${certFile}`)
