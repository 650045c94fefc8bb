import type { Setting } from './setting.ts'
import { SETTINGS } from './settings.ts'

const cell = (text: string): string => text.replaceAll('|', String.raw`\|`)

const shownDefault = (setting: Setting): string => {
  if (setting.defaultText !== undefined) return setting.defaultText
  return setting.default === null ? '–' : `\`${setting.default}\``
}

/** The text of `docs/configuration.md`, from the same table that reads the environment. Pure. */
export const configurationDocs = (): string => {
  const rows = Object.entries<Setting>(SETTINGS).map(
    ([name, setting]) =>
      `| \`${name}\` | ${cell(setting.type)} | ${cell(shownDefault(setting))} | ${cell(setting.description)}${setting.secret ? ` Secret; \`${name}_FILE\` names a file that holds it.` : ''} |`,
  )
  return `# Configuration

Every setting is an environment variable. An empty one counts as not set; a \`.env\` file is not read. All problems are
told at once, one line each, and the platform leaves with exit code 78. Bytes can be written as \`1048576\`, \`512MiB\`, \`5TiB\`.

| Setting | Kind | Default | Meaning |
|---|---|---|---|
${rows.join('\n')}

This page is generated: \`npm run docs:configuration\`.
`
}
