import fastifyStatic from '@fastify/static'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { ApiInstance } from '../../api-instance.ts'
import { type DashboardPage, readDashboard } from './dashboard-pages.ts'

export type DashboardOptions = {
  /** The static export's folder, absolute. */
  directory: string
  gatewayUrl: string
}

/** Answers an address that no route has with a page; false when it is none of the dashboard's. */
export type PageSender = (request: FastifyRequest, reply: FastifyReply) => boolean

/** Addresses of programs: an unknown one is told as a problem, never as a page. */
const PROGRAM_PATH = /^\/(api|psa|docs|health|metrics)(\/|$)/

const send = (reply: FastifyReply, page: DashboardPage): boolean => {
  reply
    .header('cache-control', page.cacheControl)
    .header('content-security-policy', page.contentSecurityPolicy)
    .sendFile(page.file)
  return true
}

/** Serves the dashboard's static export at `/`, below everything else. */
export const installDashboard = async (app: ApiInstance, options: DashboardOptions): Promise<PageSender> => {
  const pages = await readDashboard(options.directory, options.gatewayUrl)
  if (pages.at('/') === undefined) return () => false
  await app.register(fastifyStatic, { root: options.directory, serve: false, cacheControl: false, index: false })
  return (request, reply) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const path = request.url.split('?', 1)[0] ?? '/'
    if (PROGRAM_PATH.test(path)) return false
    const page = pages.at(path)
    if (page !== undefined) return send(reply, page)
    if (pages.notFound === undefined || !request.headers.accept?.includes('text/html')) return false
    return send(reply.code(404), pages.notFound)
  }
}
