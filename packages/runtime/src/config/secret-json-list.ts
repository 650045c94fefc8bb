import { z } from 'zod'

/**
 * A JSON list of things that hold secrets: problems are told without what stands in it.
 * @param one what an item is called, such as `node`
 * @param unique keys of which no two items may have the same
 */
export const secretJsonList = <T extends object>(
  items: z.ZodType<T[]>,
  { one, example, unique }: { one: string; example: string; unique: readonly (keyof T & string)[] },
) =>
  z.string().transform((text, context): readonly T[] => {
    const fail = (message: string): never => {
      context.addIssue({ code: 'custom', message })
      return z.NEVER
    }
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return fail(`must be a JSON list such as ${example}`)
    }
    const read = items.safeParse(value)
    if (!read.success) {
      const [issue] = read.error.issues
      const [at] = issue?.path ?? []
      return fail(`${typeof at === 'number' ? `${one} ${at + 1}: ` : ''}${issue?.message ?? `is no list of ${one}s`}`)
    }
    for (const key of unique)
      if (new Set(read.data.map((item) => item[key])).size < read.data.length) return fail(`has a ${key} twice`)
    return read.data
  })
