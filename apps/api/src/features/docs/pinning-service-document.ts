import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

const SPECIFICATION = new URL('../../../../../docs/api/ipfs-pinning-service.yaml', import.meta.url)

type Document = { info: { description: string } & Record<string, unknown>; paths: Record<string, unknown> }

/** Pictures of another host, which the page must not fetch. */
const IMAGE = /!(?=\[)/g

/**
 * Quoted texts of the file go on at the beginning of a line, which YAML does not allow below a key (YAML 1.2.2, 7.3.1). Their lines are indented; what they say
 * stays the same.
 */
const readable = (text: string): string =>
  text.replace(/^( +)[\w-]+: "[^"\\]*(?:\\.[^"\\]*)*"$/gms, (quoted, indent: string) =>
    quoted.replaceAll(/\n(?=.)/g, `\n${indent}  `),
  )

/** The Pinning Service API as its authors have written it, but for where it is served, and with links for what a page would fetch from another host. */
export const pinningServiceDocument = async (): Promise<Document> => {
  const document = parse(readable(await readFile(SPECIFICATION, 'utf8'))) as Document
  const { 'x-logo': _, description, ...info } = document.info
  return {
    ...document,
    info: { ...info, description: description.replaceAll(IMAGE, '') },
    servers: [{ url: '/psa' }],
  } as Document
}
