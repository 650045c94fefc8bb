import type { PinPlan } from './pin-plan.ts'

type Waiting = PinPlan['waiting'][number]

/** From so many of an organization on. Below that, rows of its queue cost little, and a turn of the pin loop less. */
export const PUT_OFF_FROM = 100

/**
 * Whose turn for a content is written at once, and what is put off: contents that many new pins of one organization wait for and that nobody has begun to fetch.
 * They are named by one row of `fetch_arrivals`, and come into its queue when that runs short (ADR 0166).
 */
export const putOff = (
  waiting: readonly Waiting[],
): { turns: Waiting[]; arrivals: { organizationId: string; contentIds: string[] }[] } => {
  const begun = waiting.filter(({ isNew }) => !isNew)
  const ofEach = Map.groupBy(
    waiting.filter(({ isNew }) => isNew),
    ({ organizationId }) => organizationId,
  )
  const many = [...ofEach].filter(([, own]) => own.length >= PUT_OFF_FROM)
  const few = [...ofEach.values()].filter((own) => own.length < PUT_OFF_FROM)
  return {
    turns: [...begun, ...few.flat()],
    arrivals: many.map(([organizationId, own]) => ({
      organizationId,
      contentIds: own.map(({ contentId }) => contentId),
    })),
  }
}
