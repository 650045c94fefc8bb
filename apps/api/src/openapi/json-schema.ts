import { z } from 'zod'

export type JsonSchema = Record<string, unknown>

/** Turns zod schemas into JSON Schema 2020-12, and collects those with an id as `components.schemas`. */
export class SchemaCollector {
  readonly schemas: Record<string, JsonSchema> = {}

  /** @param io what callers send (`input`) or get (`output`) */
  convert(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
    const { $schema: _, $defs = {}, ...root } = z.toJSONSchema(schema, { io, override: dropPattern })
    for (const [id, definition] of Object.entries($defs)) this.#keep(id, definition)
    const { id } = root
    const converted = pointToComponents(root)
    if (typeof id !== 'string') return converted
    this.#keep(id, root)
    return { $ref: `#/components/schemas/${id}` }
  }

  #keep(id: string, definition: object): void {
    const { id: _, ...schema } = pointToComponents(definition)
    const known = this.schemas[id]
    if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`two different schemas have the id ${id}`)
    this.schemas[id] = schema
  }
}

/** A format says the same as its pattern of 300 characters. */
const dropPattern = ({ jsonSchema }: { jsonSchema: JsonSchema }): void => {
  if (typeof jsonSchema.format === 'string') delete jsonSchema.pattern
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
}

const pointToComponents = (schema: object): JsonSchema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as JsonSchema
