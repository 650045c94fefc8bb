import { randomUUID, randomUUIDv7 } from 'node:crypto'
import { carV1, cborBlock, rawBlock } from '@packages/content/car/test-cars'
import { decodeJwt } from 'jose'
import { EXAMPLE_PIN } from '../features/groups/schemas.ts'
import { filePart, FORM_HEADERS, formBody } from '../testing/multipart-form.ts'
import type { TestApi, TestUser } from '../testing/test-api.ts'

const CID = 'bafkreifzjut3te7nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
const ID = '0190d0c0-0000-7000-8000-000000000001'

/** Makes the things that paths name, so that the matrix asks for what is really there. A new kind of thing gets a row. */
export const matrixFixtures = (api: TestApi) => {
  const post = async (path: string, owner: TestUser, body: object): Promise<{ id: string; requestid?: string }> => {
    const reply = await api.call('POST', path, { body, as: owner.headers })
    if (reply.statusCode >= 300) throw new Error(reply.body)
    return reply.json()
  }
  const upload = async (owner: TestUser): Promise<string> => {
    const headers = { ...owner.headers, ...FORM_HEADERS }
    const payload = formBody([filePart(randomUUID())])
    const reply = await api.app.inject({ method: 'POST', url: '/api/v1/files/upload', headers, payload })
    return reply.json().file.cid
  }
  const fileId = async (owner: TestUser): Promise<string> => {
    const reply = await api.call('GET', `/api/v1/files/${await upload(owner)}`, { as: owner.headers })
    return reply.json().files[0].id
  }
  const keptImport = async (owner: TestUser): Promise<string> => {
    const [held, missing] = [rawBlock(randomUUID()), rawBlock(randomUUID())]
    const root = cborBlock({ held: held.cid, missing: missing.cid })
    const headers = { ...owner.headers, 'content-type': 'application/vnd.ipld.car' }
    const url = '/api/v1/files/car?incomplete=keep'
    const payload = Buffer.from(carV1([root.cid], [root, held]))
    return (await api.app.inject({ method: 'POST', url, headers, payload })).json().import.id
  }
  const member = async (owner: TestUser): Promise<string> => {
    const userId = randomUUIDv7()
    await api.db.kysely
      .insertInto('users')
      .values({ id: userId, name: 'M', email: `${userId}@example.org` })
      .execute()
    const row = { id: randomUUIDv7(), organization_id: owner.organizationId, user_id: userId, role: 'viewer' }
    await api.db.kysely.insertInto('members').values(row).execute()
    return userId
  }
  /** The pin that the example of a group's members names, of what is held: nothing happens to it by itself. */
  const examplePin = async (owner: TestUser): Promise<void> => {
    const pins = await api.db.kysely.selectFrom('pins').select('id').where('id', '=', EXAMPLE_PIN).execute()
    if (pins.length > 0) return
    const { requestid } = await post(`/api/v1/pins/${await upload(owner)}`, owner, {})
    await api.db.kysely.updateTable('pins').set({ id: EXAMPLE_PIN }).where('id', '=', String(requestid)).execute()
  }
  const session = async ({ email, password }: TestUser): Promise<string> => {
    const reply = await api.call('POST', '/api/v1/auth/login', { body: { email, password } })
    return String(decodeJwt(reply.json().accessToken)['sid'])
  }
  const passkey = async ({ id: userId }: TestUser): Promise<string> => {
    const [id, bytes] = [randomUUIDv7(), Buffer.from(randomUUID())]
    const key = { credential_id: bytes, public_key: bytes, counter: 0, backed_up: false }
    await api.db.kysely
      .insertInto('passkeys')
      .values({ id, user_id: userId, name: 'A device', ...key })
      .execute()
    return id
  }
  const tus = async (owner: TestUser): Promise<string> => {
    const headers = { ...owner.headers, 'tus-resumable': '1.0.0', 'upload-length': '5' }
    const reply = await api.app.inject({ method: 'POST', url: '/api/v1/uploads', headers })
    return String(reply.headers.location).split('/').at(-1) ?? ''
  }
  const manifest = { name: 'matrix', entries: [{ path: 'a', size: 1 }] }
  const makers: Record<string, (owner: TestUser) => Promise<string>> = {
    '/api/v1/files/:hash/links/:linkId': async (owner) => {
      const path = `/api/v1/files/${await fileId(owner)}/links`
      return `${path}/${(await post(path, owner, { expiresInSeconds: 60 })).id}`
    },
    '/api/v1/files/:hash/links': async (owner) => `/api/v1/files/${await fileId(owner)}/links`,
    '/api/v1/files/:hash/visibility': async (owner) => `/api/v1/files/${await fileId(owner)}/visibility`,
    '/api/v1/files/:hash': upload,
    '/api/v1/pins/:hash': upload,
    '/psa/pins/:requestid': async (owner) => String((await post('/psa/pins', owner, { cid: CID })).requestid),
    '/api/v1/imports/:id': keptImport,
    '/api/v1/organizations/:organizationId/members/:userId': member,
    '/api/v1/organizations/:organizationId': async (owner) => owner.organizationId,
    '/api/v1/gateways/:id/tokens/:tokenId': async (owner) => {
      const { id } = await post('/api/v1/gateways', owner, { name: `g-${randomUUID()}` })
      return `/api/v1/gateways/${id}/tokens/${(await post(`/api/v1/gateways/${id}/tokens`, owner, { name: 'a' })).id}`
    },
    '/api/v1/gateways/:id/domains/:domainId': async (owner) => {
      const { id } = await post('/api/v1/gateways', owner, { name: `g-${randomUUID()}` })
      const added = await post(`/api/v1/gateways/${id}/domains`, owner, { domain: 'files.example.org' })
      return `/api/v1/gateways/${id}/domains/${added.id}`
    },
    '/api/v1/gateways/:id': async (owner) => (await post('/api/v1/gateways', owner, { name: `g-${randomUUID()}` })).id,
    '/api/v1/groups/:id': async (owner) => {
      await examplePin(owner)
      return (await post('/api/v1/groups', owner, { name: randomUUID() })).id
    },
    '/api/v1/ipns/keys/:id': async (owner) => (await post('/api/v1/ipns/keys', owner, { label: randomUUID() })).id,
    '/api/v1/api-keys/:id': async (owner) => (await api.addApiKey(owner)).id,
    '/api/v1/invitations/:id': async (owner) => {
      const body = { email: `${randomUUID()}@example.org`, role: 'viewer' }
      return (await post('/api/v1/invitations', owner, body)).id
    },
    '/api/v1/auth/sessions/:id': session,
    '/api/v1/auth/passkeys/:id': passkey,
    '/api/v1/admin/organizations/:id': async (owner) => owner.organizationId,
    '/api/v1/uploads/:upload': tus,
    '/api/v1/uploads/folders/:folder': async (owner) => (await post('/api/v1/uploads/folders', owner, manifest)).id,
  }
  return {
    /** A path whose thing does not exist; `:organizationId` stays for the caller to fill. */
    pathOfNothing: (url: string): string =>
      url.replaceAll(/:(\w+)/g, (whole, name) => (name === 'organizationId' ? whole : name === 'hash' ? CID : ID)),
    /** A path whose thing is the owner's. */
    pathOf: async (url: string, owner: TestUser): Promise<string> => {
      const start = Object.keys(makers).find((pattern) => url === pattern || url.startsWith(`${pattern}/`))
      const made = start === undefined ? undefined : await makers[start]?.(owner)
      if (start === undefined || made === undefined) throw new Error(`no fixture for ${url}: add one here`)
      // What more than one name leads to comes as a whole path.
      const filled = made.startsWith('/') ? made : start.replace(/:\w+$/, made)
      return url.replace(start, filled).replace(':organizationId', owner.organizationId)
    },
  }
}
