import { percentEncode } from './percent-encode.ts'

const escape = (text: string): string =>
  text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\ufffd')

/**
 * A page that lists the names of a directory. They are a stranger's: each is escaped for reading (controls and marks of
 * direction, which could make it look like another one, are shown as U+FFFD) and percent-encoded as an address.
 * @param query what each address ends in: safe characters only
 */
export const directoryPage = (
  path: string,
  names: readonly string[],
  { hasParent, query }: { hasParent: boolean; query: string },
): string => {
  const items = names.map((name) => `<li><a href="./${percentEncode(name)}${query}">${escape(name)}</a>`)
  if (hasParent) items.unshift(`<li><a href="../${query}">..</a>`)
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(path)}</title>
<style>body{font:15px/1.6 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem;overflow-wrap:anywhere}ul{list-style:none;padding:0}</style>
<h1>${escape(path)}</h1>
<ul>
${items.join('\n')}
</ul>
</html>
`
}
