export { makeTestCertificates, type TestCertificates } from '@packages/runtime/tls/test-certificates'
