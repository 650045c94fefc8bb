import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type TestCertificates = {
  /** PEM of the authority that signed them all. */
  ca: string
  /** A certificate for `names` (`DNS:a.example`, `IP:127.0.0.1`) as two files, made by openssl. */
  make(label: string, names: readonly string[]): { certFile: string; keyFile: string; cert: string; key: string }
  remove(): void
}

const openssl = (...args: string[]): void => {
  execFileSync('openssl', args, { stdio: 'ignore' })
}

/** An authority for tests in a temporary folder. */
export const makeTestCertificates = (): TestCertificates => {
  const folder = mkdtempSync(join(tmpdir(), 'hf-tls-'))
  const caFile = join(folder, 'ca.pem')
  const caKey = join(folder, 'ca.key')
  const elliptic = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...elliptic, '-keyout', caKey, '-out', caFile, '-days', '2', '-subj', '/CN=test authority')
  return {
    ca: readFileSync(caFile, 'utf8'),
    make: (label, names) => {
      const own = join(folder, label)
      mkdirSync(own, { recursive: true })
      const [certFile, keyFile, request] = ['cert.pem', 'key.pem', 'request.pem'].map((name) => join(own, name))
      if (certFile === undefined || keyFile === undefined || request === undefined) throw new Error('no paths')
      const extensions = join(own, 'extensions')
      writeFileSync(extensions, `subjectAltName=${names.join(',')}\n`)
      openssl('req', ...elliptic, '-keyout', keyFile, '-out', request, '-subj', `/CN=${label}`)
      const signing = ['-CA', caFile, '-CAkey', caKey, '-CAcreateserial', '-days', '1', '-extfile', extensions]
      openssl('x509', '-req', '-in', request, '-out', certFile, ...signing)
      return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
