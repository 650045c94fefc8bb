import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** A figure that is read when it is asked for. `counter`: only grows while the process runs, and its name ends in `_total`. */
export type Figure = { name: string; help: string; kind: 'gauge' | 'counter' }

/** Figures that one look tells, by name; one that is not told is left as it was. */
export type FigureGroup = {
  figures: readonly Figure[]
  read: () => Promise<Readonly<Record<string, number | undefined>>> | Readonly<Record<string, number | undefined>>
}

/** The figures of a scrape are of one look. */
const SAME_LOOK_MS = 500

/** A registry of its own for each platform, with the figures of the process. Nothing is registered anywhere else. */
export const createMetrics = (): Registry => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}

export const addFigures = (registry: Registry, group: FigureGroup): void => {
  const look = onceInAWhile(group.read)
  for (const figure of group.figures)
    registry.registerMetric(figure.kind === 'gauge' ? gauge(figure, look) : counter(figure, look))
}

type Look = () => Promise<Readonly<Record<string, number | undefined>>>

const gauge = ({ name, help }: Figure, look: Look): Gauge =>
  new Gauge({
    name,
    help,
    registers: [],
    async collect() {
      const value = (await look())[name]
      if (value !== undefined) this.set(value)
    },
  })

const counter = ({ name, help }: Figure, look: Look): Counter =>
  new Counter({
    name,
    help,
    registers: [],
    async collect() {
      const value = (await look())[name]
      if (value === undefined) return
      this.reset()
      this.inc(value)
    },
  })

const onceInAWhile = (read: FigureGroup['read']): Look => {
  let known: { at: number; figures: Promise<Readonly<Record<string, number | undefined>>> } | undefined
  return () => {
    const now = performance.now()
    if (known === undefined || now - known.at > SAME_LOOK_MS) known = { at: now, figures: Promise.resolve(read()) }
    return known.figures
  }
}
