import { readFileSync } from 'node:fs'
import { type Setting } from './setting.ts'
import { SETTINGS, type SettingValues } from './settings.ts'

export type Environment = Record<string, string | undefined>

/** Text of one setting: the variable itself, or for a secret the file that `<NAME>_FILE` names; empty means not set. */
const textOf = (
  environment: Environment,
  name: string,
  setting: Setting,
): { text: string | null } | { problem: string } => {
  const given = environment[name]?.trim() || null
  const path = setting.secret ? environment[`${name}_FILE`]?.trim() || null : null
  if (path === null) return { text: given ?? setting.default }
  if (given !== null) return { problem: `${name} and ${name}_FILE are both set; unset one` }
  try {
    return { text: readFileSync(path, 'utf8').trim() || setting.default }
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason'
    return { problem: `${name}_FILE cannot be read: ${path} (${reason})` }
  }
}

/** Reads every setting; on any problem the list of all of them, each one line that names its setting. */
export const readSettings = (environment: Environment): { values: SettingValues } | { problems: string[] } => {
  const values: Record<string, unknown> = {}
  const problems: string[] = []
  for (const [name, setting] of Object.entries<Setting>(SETTINGS)) {
    const found = textOf(environment, name, setting)
    if ('problem' in found) {
      problems.push(found.problem)
      continue
    }
    if (found.text === null) {
      values[name] = null
      continue
    }
    const read = setting.schema.safeParse(found.text)
    if (read.success) values[name] = read.data
    else problems.push(`${name} ${[...new Set(read.error.issues.map((issue) => issue.message))].join(' and ')}`)
  }
  return problems.length > 0 ? { problems } : { values: values as SettingValues }
}
