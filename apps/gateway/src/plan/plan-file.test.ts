import * as fc from 'fast-check'
import { HoldfastError } from '@packages/shared/holdfast-error'
import { parseCid } from '@packages/shared/cid'
import { describe, expect, it } from 'vitest'
import type { Content } from '../content/content.ts'
import type { GatewayRequest } from '../request/gateway-request.ts'
import { readHeaders } from '../request/read-headers.ts'
import { type FileFacts, planFile } from './plan-file.ts'
import type { ResponsePlan } from './response-plan.ts'

const CID = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'
const ETAG = `"${CID}"`

const contentOf = (body: Buffer): Content => ({
  size: body.length,
  body,
  boundary: (_position, limit) => limit,
  read: () => Promise.reject(new Error('a plan reads nothing')),
})

const file = (size: number, sniffedType = 'application/octet-stream'): FileFacts => ({
  cid: parseCid(CID),
  content: contentOf(Buffer.from(Array.from({ length: size }, (_, at) => at % 251))),
  sniffedType,
})

type Given = { method?: GatewayRequest['method']; headers?: string[]; query?: Partial<GatewayRequest['query']> }

const request = ({ method = 'GET', headers = [], query = {} }: Given = {}): GatewayRequest => ({
  method,
  path: ['ipfs', CID],
  query: { filename: undefined, download: false, format: undefined, link: undefined, uri: undefined, ...query },
  headers: readHeaders(headers),
})

const header = (plan: ResponsePlan, name: string): string | undefined => {
  const at = plan.headers.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name.toLowerCase())
  return at < 0 ? undefined : plan.headers[at + 1]
}

const bytes = ({ body }: ResponsePlan): Buffer => {
  if (body === null || 'stream' in body) return Buffer.alloc(0)
  return 'content' in body ? (body.content.body as Buffer).subarray(body.start, body.end) : body
}

const statusWithIfRange = (ifRange: string): number =>
  planFile(request({ headers: ['Range', 'bytes=1-2', 'If-Range', ifRange] }), file(5), undefined).status

const disposition = (name: string | undefined, query: Given['query'] = {}): string | undefined =>
  header(planFile(request({ query }), file(5), name), 'Content-Disposition')

describe('planFile', () => {
  it('answers a plain GET with everything a cache needs', () => {
    const plan = planFile(request(), file(3, 'text/plain; charset=utf-8'), undefined)
    expect(plan.status).toBe(200)
    expect(header(plan, 'ETag')).toBe(ETAG)
    expect(header(plan, 'Cache-Control')).toBe('public, max-age=29030400, immutable')
    expect(header(plan, 'X-Ipfs-Roots')).toBe(CID)
    expect(header(plan, 'Content-Length')).toBe('3')
    expect(header(plan, 'Accept-Ranges')).toBe('bytes')
    expect(header(plan, 'Content-Type')).toBe('text/plain; charset=utf-8')
    expect(header(plan, 'X-Content-Type-Options')).toBe('nosniff')
    expect(header(plan, 'Content-Disposition')).toBeUndefined()
    expect(header(plan, 'Content-Security-Policy')).toBeUndefined()
    expect(header(plan, 'Vary')).toBeUndefined()
    expect(header(plan, 'Set-Cookie')).toBeUndefined()
  })

  it('answers ranges with the slice of the whole, and says which', () => {
    const edge = fc.option(fc.nat(30), { nil: undefined })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), edge, edge, (size, first, last) => {
        fc.pre(first !== undefined || last !== undefined)
        const whole = bytes(planFile(request(), file(size), undefined))
        const headers = ['Range', `bytes=${first ?? ''}-${last ?? ''}`]
        let plan: ResponsePlan
        try {
          plan = planFile(request({ headers }), file(size), undefined)
        } catch (error) {
          expect((error as HoldfastError).code).toBe('range_not_satisfiable')
          expect((error as HoldfastError).headers).toEqual({ 'Content-Range': `bytes */${size}` })
          expect(first === undefined ? last === 0 : first >= size).toBe(true)
          return
        }
        expect(header(plan, 'Content-Length')).toBe(String(bytes(plan).length))
        if (plan.status === 200) {
          expect(first !== undefined && last !== undefined && last < first).toBe(true)
          expect(bytes(plan)).toEqual(whole)
          return
        }
        expect(plan.status).toBe(206)
        const [, from, to, of] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header(plan, 'Content-Range') ?? '') ?? []
        expect(Number(of)).toBe(size)
        expect(bytes(plan)).toEqual(whole.subarray(Number(from), Number(to) + 1))
        if (first !== undefined) expect(Number(from)).toBe(first)
        if (first !== undefined) expect(Number(to)).toBe(Math.min(last ?? size, size - 1))
        if (first === undefined) expect(bytes(plan).length).toBe(Math.min(last as number, size))
      }),
      { numRuns: 1000 },
    )
  })

  it('gives a HEAD the headers of its GET and no body', () => {
    const conditions = fc.constantFrom<string[]>([], ['If-None-Match', ETAG], ['If-None-Match', '"other"'])
    const query = fc.constantFrom({}, { filename: 'a.html' }, { download: true })
    fc.assert(
      fc.property(conditions, query, fc.nat(20), (headers, query, size) => {
        const get = planFile(request({ headers, query }), file(size), undefined)
        const head = planFile(request({ headers, query, method: 'HEAD' }), file(size), undefined)
        expect(head).toEqual({ ...get, body: null })
      }),
    )
  })

  it('ignores a range on HEAD, and sends the first of several', () => {
    expect(planFile(request({ method: 'HEAD', headers: ['Range', 'bytes=0-0'] }), file(9), undefined).status).toBe(200)
    const several = planFile(request({ headers: ['Range', 'bytes=0-0,2-2'] }), file(9), undefined)
    expect([several.status, bytes(several).length]).toEqual([206, 1])
    const twice = planFile(request({ headers: ['Range', 'bytes=0-0', 'Range', 'bytes=2-2'] }), file(9), undefined)
    expect([twice.status, bytes(twice).length]).toEqual([200, 9])
  })

  it.each([ETAG, `W/${ETAG}`, '*', `"x", ${ETAG}`])(
    'answers 304 without content headers to If-None-Match: %s',
    (tag) => {
      const plan = planFile(request({ headers: ['if-none-match', tag, 'range', 'bytes=0-0'] }), file(5), undefined)
      expect([plan.status, plan.body]).toEqual([304, null])
      expect(header(plan, 'ETag')).toBe(ETAG)
      expect(header(plan, 'Cache-Control')).toContain('immutable')
      expect(header(plan, 'Content-Length')).toBeUndefined()
      expect(header(plan, 'Content-Type')).toBeUndefined()
    },
  )

  it('takes a range only when If-Range names this very content', () => {
    expect(statusWithIfRange(ETAG)).toBe(206)
    expect(statusWithIfRange(`W/${ETAG}`)).toBe(200)
    expect(statusWithIfRange('"other"')).toBe(200)
    expect(statusWithIfRange('Sun, 06 Nov 1994 08:49:37 GMT')).toBe(200)
  })

  it('refuses what If-Match rules out', () => {
    expect(() => planFile(request({ headers: ['If-Match', '"other"'] }), file(5), undefined)).toThrow(HoldfastError)
    expect(planFile(request({ headers: ['If-Match', ETAG] }), file(5), undefined).status).toBe(200)
  })

  it.each([
    ['page.html', 'text/html; charset=utf-8'],
    ['page.xhtml', 'application/xhtml+xml; charset=utf-8'],
    ['drawing.svg', 'image/svg+xml; charset=utf-8'],
    ['feed.xml', undefined],
    ['feed.rss', undefined],
    ['style.xsl', undefined],
  ])('puts %s into a sandbox of its own', (name, type) => {
    const plan = planFile(request(), file(5), name)
    if (type !== undefined) expect(header(plan, 'Content-Type')).toBe(type)
    const policy = header(plan, 'Content-Security-Policy')
    expect(policy).toBe('sandbox allow-scripts allow-forms allow-popups allow-downloads')
    expect(header(plan, 'X-Content-Type-Options')).toBe('nosniff')
  })

  it.each(['paper.pdf', 'photo.jpg', 'notes.txt', 'data.json'])('leaves %s free', (name) => {
    expect(header(planFile(request(), file(5), name), 'Content-Security-Policy')).toBeUndefined()
  })

  it('puts what only looks like HTML into the sandbox too', () => {
    const plan = planFile(request(), file(5, 'text/html; charset=utf-8'), undefined)
    expect(header(plan, 'Content-Security-Policy')).toContain('sandbox')
  })

  it('names the file as the path or the parameter says', () => {
    expect(disposition('a.txt')).toBe('inline; filename="a.txt"')
    expect(disposition('a.txt', { download: true })).toBe('attachment; filename="a.txt"')
    expect(disposition('a.txt', { filename: 'b.png' })).toBe('inline; filename="b.png"')
    expect(disposition(undefined, { download: true })).toBe(`attachment; filename="${CID}"`)
  })
})
