import { shareTestServer } from './shared-server.ts'

/** vitest's globalSetup: one database server for the whole run, started when a test first asks for it. */
export default shareTestServer
