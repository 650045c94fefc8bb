import type { Content } from './content.ts'

/** What is all in memory. */
export const wholeBody = (body: Buffer): Content => ({
  size: body.length,
  body,
  boundary: (_position, limit) => limit,
  read: (position, target) => {
    body.copy(target, 0, position, position + target.length)
    return Promise.resolve()
  },
})
