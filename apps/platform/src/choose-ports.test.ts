import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { loadConfig } from '@packages/runtime/config'
import { StartError } from '@packages/runtime/start-error'
import { expect, onTestFinished, test } from 'vitest'
import { choosePorts } from './choose-ports.ts'

const taken = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return (server.address() as AddressInfo).port
}

test('free ports are chosen, and the addresses follow', async () => {
  const config = await choosePorts(loadConfig({ API_PORT: '0', GATEWAY_PORT: '0' }))
  expect(config.apiPort).toBeGreaterThan(0)
  expect(config.gatewayPort).not.toBe(config.apiPort)
  expect(config.publicUrl).toBe(`http://127.0.0.1:${config.apiPort}`)
  expect(config.gatewayUrl).toBe(`http://127.0.0.1:${config.gatewayPort}`)
})

test('addresses that were given stay', async () => {
  const environment = {
    API_PORT: '0',
    GATEWAY_PORT: '0',
    PUBLIC_URL: 'https://a.example',
    GATEWAY_URL: 'https://b.example',
  }
  expect(await choosePorts(loadConfig(environment))).toMatchObject({
    publicUrl: 'https://a.example',
    gatewayUrl: 'https://b.example',
  })
})

test.each(['API_PORT', 'GATEWAY_PORT'])('a taken %s is told with its number', async (setting) => {
  const port = await taken()
  const error: unknown = await choosePorts(
    loadConfig({ API_PORT: '0', GATEWAY_PORT: '0', [setting]: String(port) }),
  ).catch((error: unknown) => error)
  expect(error).toBeInstanceOf(StartError)
  expect(error).toMatchObject({ lines: [`${setting} ${port} is taken: another program listens on 127.0.0.1:${port}`] })
})

test('the port of a role that does not run here is not looked at', async () => {
  const port = await taken()
  const environment = { ROLES: 'api,ipfs-manager', API_PORT: '0', GATEWAY_PORT: String(port) }
  expect((await choosePorts(loadConfig(environment))).gatewayPort).toBe(port)
})

test('a host that is not of this machine is told', async () => {
  const config = loadConfig({ HOST: '192.0.2.1', API_PORT: '0', GATEWAY_PORT: '0' })
  await expect(choosePorts(config)).rejects.toThrow('HOST 192.0.2.1 is not an address of this machine')
})
