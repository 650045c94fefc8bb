import { z } from 'zod'
import type { ApiInstance } from '../../api-instance.ts'
import { can } from '../../authorization/can.ts'
import { checkCache, checkDb, checkIpfs, checkReady, type HealthDeps } from './check-health.ts'
import { type HealthReport, httpStatusOf, publicReport } from './health-report.ts'

export type { HealthDeps } from './check-health.ts'

const reportSchema = z
  .object({
    status: z.enum(['ok', 'alarm', 'unavailable', 'not_configured']),
    alarms: z
      .array(
        z.object({ code: z.string(), since: z.string().optional(), detail: z.string().optional() }).meta({
          id: 'HealthAlarm',
        }),
      )
      .optional()
      .describe('What an operator must look at: the codes for everybody, the rest for operators.'),
    detail: z.record(z.string(), z.unknown()).optional().describe('For operators alone.'),
  })
  .meta({ id: 'Health' })

const NOT_CONFIGURED: HealthReport = { status: 'not_configured' }

/**
 * `/health/*`: probes. Anybody gets a status, operators the detail. A part that this deployment does not have says
 * `not_configured` with 200, so that one set of probes fits all; only what should not get requests answers 503.
 */
export const registerHealthRoutes = (app: ApiInstance, deps: HealthDeps): void => {
  let stopping = false
  app.addHook('preClose', async () => {
    stopping = true
  })

  const probe = (name: string, operationId: string, summary: string, check: () => Promise<HealthReport>): void => {
    app.get(
      `/health/${name}`,
      {
        config: { access: 'optional', rateClass: 'none' },
        schema: {
          docs: {
            operationId,
            tag: 'Health',
            summary,
            responses: { 503: { description: 'Does not do its work now.' } },
          },
          response: { 200: reportSchema, 503: reportSchema },
        },
      },
      async ({ actor }, reply) => {
        const report = await check()
        const seesAll = actor !== null && can(actor, 'health:detail')
        reply.code(httpStatusOf(report)).header('cache-control', 'no-store')
        return reply.send(seesAll ? report : publicReport(report))
      },
    )
  }

  probe('live', 'healthLive', 'Is the process alive', async () => ({ status: 'ok' }))
  probe('ready', 'healthReady', 'Should requests be sent here', () => checkReady(deps, stopping))
  probe('ipfs', 'healthIpfs', 'The content store', () => checkIpfs(deps))
  probe('db', 'healthDb', 'The database', () => checkDb(deps))
  probe('cache', 'healthCache', 'The shared cache', async () => checkCache(deps))
  // There is one node: later issues bring others.
  probe('cluster', 'healthCluster', 'The IPFS Cluster', async () => NOT_CONFIGURED)
}
