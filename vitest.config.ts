import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', 'apps/web/out/**', 'apps/web/.next/**']
const report = process.env.TEST_REPORT
/** What measures times and sockets, asks who may do what, or signs people in, is the same on every database: a second run on another one goes without. */
const alike =
  process.env.ANOTHER_DATABASE === undefined
    ? []
    : [
        'apps/api/src/**/attacks/**',
        'apps/api/src/**/attacks.test.ts',
        'apps/api/src/authorization/**',
        'apps/api/src/features/auth/{confirmation,device-login,oidc,passkeys,second-factor}/**',
        'apps/api/src/plugins/{linger,rate-limit}.test.ts',
        'apps/gateway/src/{access-log,cached-content,damaged-content,denylist,directories,documents,far-content,far-private,files,gates,gateway,hostile-requests,large-cars,large-files,open-mode,redirects,shared-caches,subdomains,takedowns,tar,trustless,unixfs,worker-processes}.test.ts',
        'apps/gateway/src/{access-log,content,denylist,gates,names,plan,redirects,request,routing,serve}/**',
        'packages/db/src/embedded-postgres.test.ts',
        'services/ipfs-manager/src/network/**',
      ]

/**
 * Three suites. `unit` needs nothing but what `npm ci` brings (the embedded PostgreSQL included);
 * `services` runs on real servers that `.ci/run` starts; `acceptance` drives the real process tree from outside.
 */
export default defineConfig({
  test: {
    // Suites wait for their databases and servers as often as for a core: with one worker a core a quarter of the time was idle.
    maxWorkers: Math.ceil(availableParallelism() * 1.5),
    // As gateway workers have it: that `node:ffi` is an experiment is known (ADR 0173).
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // CI counts the tests of each suite in this report.
    ...(report ? { reporters: ['default', ['json', { outputFile: report }]] } : {}),
    projects: [
      {
        test: {
          name: 'unit',
          globalSetup: ['packages/db/src/test-database/vitest-global-setup.ts'],
          include: ['{apps,packages,services}/*/src/**/*.test.ts', 'tests/integration/**/*.test.ts'],
          exclude: [...exclude, ...alike, '**/*.services.test.ts'],
          pool: 'forks',
          expect: { poll: { timeout: 10_000 } },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'services',
          globalSetup: ['packages/db/src/test-database/vitest-global-setup.ts', 'packages/testkit/src/kubo-fleet.ts'],
          include: ['{apps,packages,services}/*/src/**/*.services.test.ts', 'tests/integration/**/*.services.test.ts'],
          exclude,
          pool: 'forks',
          expect: { poll: { timeout: 10_000 } },
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'acceptance',
          include: ['tests/acceptance/**/*.test.ts', 'tests/e2e/**/*.test.ts'],
          exclude,
          pool: 'forks',
          expect: { poll: { timeout: 10_000 } },
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
