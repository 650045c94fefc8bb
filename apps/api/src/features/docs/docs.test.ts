import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { buildTestApi, type TestApi } from '../../testing/test-api.ts'

let api: TestApi
beforeAll(async () => {
  api = await buildTestApi()
})
afterAll(() => api.stop())

describe('/docs', () => {
  it.each([
    ['/docs', '/openapi.json'],
    ['/docs/', '/openapi.json'],
    ['/docs/psa', '/docs/psa.json'],
    ['/docs/psa/', '/docs/psa.json'],
  ])('serves the reference page at %s, with nothing from another host', async (path, document) => {
    const page = await api.app.inject(path)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.headers['content-security-policy']).toContain("default-src 'self'")
    expect(page.body).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
    const configuration = page.body.slice(page.body.indexOf('createApiReference'))
    expect(configuration).toContain(`"url": "${document}"`)
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

describe('/docs/psa.json', () => {
  it('is the Pinning Service API as it is published, served here', async () => {
    const { info, servers, paths, components } = (await api.app.inject('/docs/psa.json')).json()
    const file = new URL('../../../../../docs/api/ipfs-pinning-service.yaml', import.meta.url)
    const published = await readFile(file, 'utf8')
    // All but two long texts, which YAML's own rules do not let pass.
    const schemas = parse(published.slice(published.indexOf('\npaths:'), published.indexOf('\n  securitySchemes:')))
    const { securitySchemes, ...rest } = components
    expect({ paths, components: rest }).toEqual(schemas)
    expect(securitySchemes.accessToken).toMatchObject({ type: 'http', scheme: 'bearer' })
    expect(servers).toEqual([{ url: '/psa' }])
    expect(info).toMatchObject({ title: 'IPFS Pinning Service API', version: '1.0.0' })
    expect(info.description).toContain('`{"app_id":"UUID"}`')
    // What a page would fetch from another host.
    expect(info).not.toHaveProperty('x-logo')
    expect(info.description).not.toMatch(/!\[/)
    expect(info.description).toContain('[pin object](https://')
  })
})
