import { chmodSync, mkdirSync, mkdtempSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { keyCommand } from './key-command.ts'
import { keyFile } from './key-file.ts'
import { parseKeyList } from './key-list.ts'

const [one, two] = ['ab'.repeat(32), 'cd'.repeat(32)]
const hex = (keys: readonly Uint8Array[] | undefined): string[] | undefined =>
  keys?.map((key) => Buffer.from(key).toString('hex'))

const dataFolder = (): string => mkdtempSync(join(tmpdir(), 'hf-key-'))

const script = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'hf-key-')), 'print-key')
  writeFileSync(path, `#!/bin/sh\n${text}\n`)
  chmodSync(path, 0o700)
  return path
}

describe('a list of keys', () => {
  test.each<[string, string, string[]]>([
    ['hex', one, [one]],
    ['hex and a line end', `${one}\n`, [one]],
    ['base64', Buffer.from(one, 'hex').toString('base64'), [one]],
    ['base64url without padding', Buffer.from(one, 'hex').toString('base64url'), [one]],
    ['two lines', `${two}\r\n${one}\n`, [two, one]],
    ['a comma', `${two}, ${one}`, [two, one]],
  ])('is read: %s', (_, text, expected) => expect(hex(parseKeyList(text))).toEqual(expected))

  test.each([
    ['nothing', ''],
    ['a short key', one.slice(2)],
    ['a long key', `${one}ab`],
    ['another character', `${one.slice(1)}z`],
    ['three keys', [one, two, one].join()],
    ['a key and something else', `${one} # the key`],
  ])('is refused: %s', (_, text) => expect(parseKeyList(text)).toBeUndefined())
})

describe('the file in the data folder', () => {
  test('has no key before one is written, and is for its owner only', async () => {
    const dataDir = dataFolder()
    const file = keyFile(dataDir)
    expect(await file.read()).toEqual([])
    await file.write?.([Buffer.from(one, 'hex')])
    expect(hex(await file.read())).toEqual([one])
    expect(statSync(file.place).mode & 0o777).toBe(0o600)
    expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700)
  })

  test('is replaced as a whole, and no draft stays', async () => {
    const dataDir = dataFolder()
    const file = keyFile(dataDir)
    await file.write?.([Buffer.from(one, 'hex')])
    await file.write?.([Buffer.from(two, 'hex'), Buffer.from(one, 'hex')])
    expect(hex(await keyFile(dataDir).read())).toEqual([two, one])
    expect(readdirSync(join(dataDir, 'secrets'))).toEqual(['master.key'])
  })

  test('that is damaged is told, not taken for empty', async () => {
    const dataDir = dataFolder()
    mkdirSync(join(dataDir, 'secrets'))
    for (const text of ['abc', '', one.slice(1)]) {
      writeFileSync(join(dataDir, 'secrets', 'master.key'), text)
      await expect(keyFile(dataDir).read()).rejects.toThrow('must hold 64 hex digits')
    }
  })
})

describe('a command that prints the key', () => {
  test('is run without a shell: its parts reach it as they are', async () => {
    const path = script(`[ "$1" = '$(touch /tmp/x); a b' ] && echo ${one}`)
    expect(hex(await keyCommand([path, '$(touch /tmp/x); a b']).read())).toEqual([one])
  })

  test('may print the new key and the one before', async () => {
    expect(hex(await keyCommand([script(`echo ${two}; echo ${one}`)]).read())).toEqual([two, one])
  })

  test.each([
    ['fails', `echo ${one}; echo ${two} >&2; exit 3`, 'it ended with exit code 3'],
    ['prints no key', `echo ${one.slice(1)}`, 'printed no key'],
    ['prints too much', `while :; do echo ${one}; done`, 'it printed too much'],
    ['does not end', `echo ${one}; exec sleep 60`, 'it did not end within'],
  ])('that %s is told, without what it printed', async (_, text, message) => {
    const error: unknown = await keyCommand([script(text)], 500)
      .read()
      .catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(Error)
    expect(String(error)).toContain(message)
    const { stack, cause } = error as Error
    for (const part of [String(error), stack, JSON.stringify(error), String(cause)])
      for (const key of [one.slice(1), two]) expect(part).not.toContain(key)
  })

  test('that is not there is told', async () => {
    await expect(keyCommand(['/nowhere/print-key']).read()).rejects.toThrow('it could not be run (ENOENT)')
  })
})
