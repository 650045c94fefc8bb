import { expect, test } from 'vitest'
import { addFigures, createMetrics } from './figures.ts'
import { MetricsServer } from './metrics-server.ts'

test('two platforms of one process tell their own figures', async () => {
  const servers = await Promise.all(
    [1, 2].map(async (value) => {
      const registry = createMetrics()
      let looks = 0
      addFigures(registry, {
        figures: [
          { name: 'holdfast_things', help: 'Things.', kind: 'gauge' },
          { name: 'holdfast_done_total', help: 'Done.', kind: 'counter' },
          { name: 'holdfast_unknown', help: 'Not told.', kind: 'gauge' },
        ],
        read: async () => ({ holdfast_things: value, holdfast_done_total: 10 * value + looks++ }),
      })
      return MetricsServer.start(registry, 0)
    }),
  )
  const texts = await Promise.all(
    servers.map(async ({ port }) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
  )
  for (const [index, text] of texts.entries()) {
    expect(text).toContain(`holdfast_things ${index + 1}\n`)
    // One look for all figures of a scrape.
    expect(text).toContain(`holdfast_done_total ${10 * (index + 1)}\n`)
    expect(text).toContain('# TYPE holdfast_done_total counter')
    expect(text).toContain('process_resident_memory_bytes')
  }
  await Promise.all(servers.map((server) => server.stop()))
})

test('answers nothing else, and says when figures cannot be had', async () => {
  const registry = createMetrics()
  addFigures(registry, {
    figures: [{ name: 'holdfast_broken', help: 'Broken.', kind: 'gauge' }],
    read: () => Promise.reject(new Error('no figures')),
  })
  const server = await MetricsServer.start(registry, 0)
  const status = async (path: string, method = 'GET') =>
    (await fetch(`http://127.0.0.1:${server.port}${path}`, { method })).status
  expect([await status('/'), await status('/metrics', 'POST'), await status('/metrics')]).toEqual([404, 405, 503])
  await expect(MetricsServer.start(registry, server.port)).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await server.stop()
})
