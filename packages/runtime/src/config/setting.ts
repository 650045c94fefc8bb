import type { z } from 'zod'

/** One setting: how its text is read, and what `docs/configuration.md` says about it. */
export type Setting = {
  /** Reads the text of the environment variable. */
  schema: z.ZodType<unknown, string>
  /** The kind of value, for people: `port`, `URL`, `bytes`. */
  type: string
  /** Read like given text when the variable is not set; null means that the setting is absent then. */
  default: string | null
  /** Shown in place of `default` where that is worked out (from other settings, from the machine). */
  defaultText?: string
  description: string
  /** Never logged; can also be given as the path of a file in `<NAME>_FILE`. */
  secret?: true
}

/** A setting that always has a value. */
export const withDefault = <S extends z.ZodType<unknown, string>>(
  setting: Omit<Setting, 'schema' | 'default'> & { schema: S; default: string },
): typeof setting => setting

/** A setting that is null unless it is set. */
export const optional = <S extends z.ZodType<unknown, string>>(
  setting: Omit<Setting, 'schema' | 'default' | 'defaultText'> & { schema: S; defaultText?: string },
): typeof setting & { default: null } => ({ ...setting, default: null })
