import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { buildTestApi, type TestApi } from '../../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await buildTestApi()
})
afterAll(() => api.stop())

describe('/docs', () => {
  it.each(['/docs', '/docs/'])('serves the reference page at %s, with nothing from another host', async (path) => {
    const page = await api.app.inject(path)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    const configuration = page.body.slice(page.body.indexOf('createApiReference'))
    expect(configuration).toContain('"url": "/openapi.json"')
    for (const turnedOff of ['"withDefaultFonts": false', '"telemetry": false'])
      expect(configuration).toContain(turnedOff)
    expect(configuration).not.toMatch(/https?:\/\//)
  })

  it('serves its script itself, compressed when asked, and answers 304', async () => {
    const [src] = /\/docs\/[^"]+\.js/.exec((await api.app.inject('/docs')).body) ?? []
    const plain = await api.app.inject(src ?? '')
    expect(plain.statusCode).toBe(200)
    expect(plain.rawPayload.length).toBeGreaterThan(1_000_000)
    const compressed = await api.app.inject({ url: src ?? '', headers: { 'accept-encoding': 'gzip, br' } })
    expect(compressed.headers['content-encoding']).toBe('gzip')
    expect(compressed.rawPayload.length).toBeLessThan(plain.rawPayload.length / 2)
    const again = await api.app.inject({ url: src ?? '', headers: { 'if-none-match': String(plain.headers.etag) } })
    expect(again.statusCode).toBe(304)
  })
})

describe('/openapi.json and /openapi.yaml', () => {
  it('say the same, to anybody', async () => {
    const json = (await api.app.inject('/openapi.json')).json()
    expect(json.openapi).toBe('3.1.1')
    expect(Object.keys(json.paths)).toContain('/api/v1/auth/login')
    expect(parse((await api.app.inject('/openapi.yaml')).body)).toEqual(json)
  })
})
