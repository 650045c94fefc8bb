import fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { strictTransport } from '@packages/runtime/tls/strict-transport'
import type { TlsCertificates } from '@packages/runtime/tls/tls-certificates'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { ApiInstance } from './api-instance.ts'
import { HTTP_LIMITS, SERVER_OPTIONS } from './http-limits.ts'
import { tlsListener } from './tls-listener.ts'
import { collectRoutes, type DeclaredRoute } from './openapi/collect-routes.ts'
import type { Authenticator } from './plugins/authenticate/authenticator.ts'
import { type AuditSink, installAudit } from './plugins/audit/install-audit.ts'
import { installAuthentication } from './plugins/authenticate/install-authentication.ts'
import { installAuthorization } from './plugins/authorization.ts'
import { installBodyDeadline } from './plugins/body-deadline.ts'
import { answerClientError, answerExpectation } from './plugins/client-error.ts'
import type { CorsOrigins } from './plugins/cors/cors-policy.ts'
import { installCors } from './plugins/cors/install-cors.ts'
import { installCrossSite } from './plugins/cross-site/install-cross-site.ts'
import { type DashboardOptions, installDashboard } from './plugins/dashboard/install-dashboard.ts'
import { installJsonBody } from './plugins/json-body.ts'
import { installLinger, type LingerLimits, linger } from './plugins/linger.ts'
import { installMetering } from './plugins/metering/install-metering.ts'
import type { UsageMeter } from './plugins/metering/usage-meter.ts'
import { installPlainAddress } from './plugins/plain-address.ts'
import { installPlainBodies } from './plugins/plain-bodies.ts'
import { installProblemErrors, sendError } from './plugins/problem-errors.ts'
import { type ApiRateLimiters, countRefusal, installRateLimit, installSignInLimit } from './plugins/rate-limit.ts'
import { installRequestId, requestIdOf } from './plugins/request-id.ts'
import { rewriteRequest } from './plugins/rewrite-request.ts'
import { installSecurityHeaders, securityHeaders } from './plugins/security-headers.ts'

export type ShellDeps = {
  /** pino; none means no log. */
  logger?: FastifyBaseLogger
  /** Where people reach the API. */
  publicUrl: string
  /** Listens with TLS. */
  tls?: TlsCertificates
  /** Proxies whose X-Forwarded-For is believed. */
  trustedProxies?: readonly string[]
  corsOrigins?: CorsOrigins
  rateLimiters: ApiRateLimiters
  authenticator: Pick<Authenticator, 'authenticate'>
  meter: Pick<UsageMeter, 'admit' | 'sent'>
  /** Takes refusals; without it none are noted (documents, tests of the shell). */
  auditWriter?: AuditSink
  lingerLimits?: LingerLimits
  /** HSTS holds for hosts below ours, too. */
  hstsSubdomains?: boolean
  /** Serves no pages without it. */
  dashboard?: DashboardOptions
}

export type Shell = { app: ApiInstance; routes: readonly DeclaredRoute[] }

/** A Fastify instance with everything that all routes share: limits, ids, headers, errors, callers. No routes yet. */
export const createShell = async (deps: ShellDeps): Promise<Shell> => {
  const { trustedProxies = [] } = deps
  const hsts = strictTransport(deps.publicUrl, {
    other: deps.dashboard?.gatewayUrl,
    subdomains: deps.hstsSubdomains ?? false,
  })
  const app: ApiInstance = fastify({
    ...(deps.logger === undefined ? { logger: false } : { loggerInstance: deps.logger }),
    // A line for each request would be most of the work of a small upload; see the onResponse hook below.
    logController: new LogController({ disableRequestLogging: true }),
    http: SERVER_OPTIONS,
    ...(deps.tls === undefined ? {} : { serverFactory: tlsListener(deps.tls) }),
    requestTimeout: HTTP_LIMITS.requestTimeoutMs,
    connectionTimeout: HTTP_LIMITS.socketIdleMs,
    keepAliveTimeout: HTTP_LIMITS.keepAliveMs,
    bodyLimit: HTTP_LIMITS.jsonBodyBytes,
    routerOptions: { maxParamLength: HTTP_LIMITS.pathSegmentChars },
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    requestIdHeader: false,
    rewriteUrl: rewriteRequest,
    genReqId: requestIdOf,
    clientErrorHandler: answerClientError,
    // Hooks do not run for addresses that the router cannot read.
    frameworkErrors: (error, request, reply) => {
      reply.headers({ ...securityHeaders(hsts), 'request-id': request.id })
      linger(request.raw, reply.raw, HTTP_LIMITS.lingerMs, HTTP_LIMITS.lingerBytes)
      sendError(request, reply, error)
    },
  }).withTypeProvider<ZodTypeProvider>()

  app.server.maxConnections = HTTP_LIMITS.maxConnections
  app.server.on('checkExpectation', answerExpectation)
  const routes = collectRoutes(app)
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  installLinger(app, deps.lingerLimits)
  installRequestId(app)
  installAudit(app, deps.auditWriter ?? { note: () => undefined })
  installSecurityHeaders(app, { hsts })
  installPlainAddress(app)
  installCors(app, { origins: deps.corsOrigins ?? [], routes })
  installCrossSite(app, { publicOrigin: new URL(deps.publicUrl).origin })
  installSignInLimit(app, deps.rateLimiters)
  installAuthentication(app, {
    authenticator: deps.authenticator,
    onRefused: (request) => countRefusal(deps.rateLimiters, request),
  })
  installRateLimit(app, deps.rateLimiters)
  installAuthorization(app)
  installMetering(app, deps.meter)
  installPlainBodies(app)
  installBodyDeadline(app)
  installJsonBody(app)
  const sendPage = deps.dashboard === undefined ? () => false : await installDashboard(app, deps.dashboard)
  installProblemErrors(app, { routes, sendPage })
  app.addHook('onResponse', async (request, reply) => {
    // The declared route, not the address: that one has what callers wrote, secrets by mistake included.
    const { method, routeOptions } = request
    request.log.debug(
      { method, route: routeOptions.url ?? null, status: reply.statusCode, ms: Math.round(reply.elapsedTime) },
      'answered',
    )
  })
  return { app, routes }
}
