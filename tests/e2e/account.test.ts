import { type SpawnedPlatform, spawnPlatform } from '@packages/testkit/spawn-platform'
import { Secret, TOTP } from 'otpauth'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freePort } from '@packages/testkit/free-port'
import { launchBrowser, openWatchedPage, shoot } from './browser.ts'
import { type MailServer, startMailServer } from './mail-server.ts'
import { type OpenIdProvider, startOpenIdProvider } from './openid-provider.ts'

const EMAIL = 'ada@example.org'
const PASSWORD = 'a long password of hers'

/** Browsers have passkeys for names alone. */
let home: string
let mail: MailServer
let provider: OpenIdProvider
let platform: SpawnedPlatform
let browser: Browser
const complaints: string[] = []

beforeAll(async () => {
  mail = await startMailServer()
  const port = await freePort()
  home = `http://localhost:${port}`
  const sent = { SMTP_URL: mail.url, MAIL_FROM: 'files@example.org', REGISTRATION: 'open' }
  provider = await startOpenIdProvider(home)
  const oidc = {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_LABEL: 'Sign in with Example',
  }
  // All of these sign in from one address.
  const limits = { RATE_LIMIT_LOGIN: '1000' }
  const environment = { ...sent, ...oidc, ...limits, API_PORT: String(port), PUBLIC_URL: home }
  ;[platform, browser] = await Promise.all([spawnPlatform({ environment }), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await platform?.[Symbol.asyncDispose]()
  await mail?.stop()
  await provider?.stop()
})

const newPage = async (): Promise<Page> =>
  openWatchedPage(await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] }), {
    platform: { apiUrl: home, gatewayUrl: platform.gatewayUrl },
    complaints,
    others: [provider.issuer],
  })
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true }).waitFor()
const signIn = async (page: Page, { email = EMAIL, password = PASSWORD } = {}): Promise<void> => {
  await page.getByLabel('E-mail address').fill(email)
  await page.getByLabel('Password').fill(password)
  await press(page, 'Sign in')
}

/** As the app shows it, `steps` of 30 s from now; one step to either side is taken, and none that is not later than the last. */
const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })

test('a second factor is turned on, signed in with, and turned off again; other sessions are ended', async () => {
  const page = await newPage()
  await page.goto(`${home}/setup#token=${platform.setupToken}`)
  await page.getByLabel('Your name').fill('Ada')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Create the account')
  await page.getByRole('link', { name: 'Security' }).click()
  await shoot(page, 'security-off')
  await press(page, 'Turn on')
  await page.getByLabel('Password').fill('not the password')
  await press(page, 'Continue')
  await page.getByRole('alert').filter({ hasText: 'password is wrong' }).waitFor()
  await page.getByLabel('Password').fill(PASSWORD)
  await press(page, 'Continue')
  await page.getByRole('img', { name: 'QR code of the secret' }).waitFor()
  await shoot(page, 'second-factor-secret')
  await press(page, 'Copy the secret')
  const secret = String(await page.evaluate('navigator.clipboard.readText()'))
  await page.getByLabel('Code that the app shows').fill(codeOf(secret))
  await press(page, 'Turn on')
  const codes = page.getByRole('listitem').filter({ hasText: /^\w{4}(-\w{4}){3}$/ })
  await codes.first().waitFor()
  const [recoveryCode = '', another = ''] = await codes.allInnerTexts()
  await shoot(page, 'recovery-codes')
  await press(page, 'I have kept them')
  await page.getByText('10 recovery codes are left.').waitFor()
  expect(await mail.linkTo(EMAIL, 'security')).toBe(`${home}/security`)

  // Elsewhere: the password alone is not enough.
  const other = await newPage()
  await other.goto(`${home}/security`)
  await signIn(other)
  await heading(other, 'One more step')
  await shoot(other, 'second-step')
  await other.getByLabel('Code of the authenticator app').fill('000 000')
  await press(other, 'Sign in')
  await other.getByRole('alert').filter({ hasText: 'The code is wrong' }).waitFor()
  expect((await other.request.get(`${home}/api/v1/files`)).status()).toBe(401)
  await other.getByLabel('Code of the authenticator app').fill(codeOf(secret, 1))
  await press(other, 'Sign in')
  await heading(other, 'Security')

  await page.reload()
  await shoot(page, 'security-on')
  await press(page, 'End all others')
  await page.getByText('1 session is ended').waitFor()
  await other.reload()
  await heading(other, 'Sign in')
  await signIn(other)
  await press(other, 'Use a recovery code instead')
  await other.getByLabel('Recovery code').fill(recoveryCode.toUpperCase())
  await press(other, 'Sign in')
  await other.getByText('9 recovery codes are left.').waitFor()

  await press(other, 'Turn off')
  await other.getByLabel('Password').fill(PASSWORD)
  await press(other, 'Use a recovery code instead')
  await other.getByLabel('Recovery code').fill(another)
  await shoot(other, 'turn-off')
  await press(other, 'Turn off')
  await other.getByText('Signing in takes the password alone').waitFor()
  await press(other, 'Sign out')
  await signIn(other)
  await heading(other, 'Security')
  await other.context().close()
  await page.context().close()
  expect(complaints).toEqual([])
})

/** A device with a finger that is always right. */
const addAuthenticator = async (page: Page): Promise<void> => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('WebAuthn.enable')
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true } as const
  await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { ...options, isUserVerified: true, automaticPresenceSimulation: true },
  })
}

test('a passkey is added, signs in without the password, and is renamed and removed', async () => {
  const page = await newPage()
  await addAuthenticator(page)
  await page.goto(`${home}/security`)
  await signIn(page)
  await press(page, 'Add a passkey')
  await page.getByLabel('Name of the passkey').fill('My phone')
  await page.getByRole('textbox', { name: 'Password', exact: true }).fill(PASSWORD)
  await shoot(page, 'add-passkey')
  await press(page, 'Add')
  await page.getByText('The passkey is added').waitFor()
  await shoot(page, 'passkeys')
  await press(page, 'Sign out')
  await heading(page, 'Sign in')
  await shoot(page, 'sign-in-passkey')
  await press(page, 'Sign in with a passkey')
  await page.getByText('My phone').waitFor()
  await page.getByText('last used').first().waitFor()
  await press(page, 'Rename My phone')
  await page.getByLabel('New name').fill('My old phone')
  await press(page, 'Save')
  await press(page, 'Remove My old phone')
  await shoot(page, 'remove-passkey')
  await press(page, 'Remove')
  await page.getByText('The passkey is removed').waitFor()
  await press(page, 'Sign out')
  await press(page, 'Sign in with a passkey')
  await page.getByRole('alert').filter({ hasText: 'not known here' }).waitFor()
  await page.context().close()
  expect(complaints).toEqual([])
})

type StartedDevice = { deviceCode: string; userCode: string; verificationUri: string }
/** As a program on another machine asks. */
const startDevice = async (): Promise<StartedDevice> => {
  const headers = { 'content-type': 'application/json', 'user-agent': 'holdfast-cli/1.0' }
  const body = JSON.stringify({ clientName: 'holdfast-cli on build-7' })
  const reply = await fetch(`${home}/api/v1/auth/device`, { method: 'POST', headers, body })
  expect(reply.status).toBe(200)
  return (await reply.json()) as StartedDevice
}
type Polled = { code?: string; accessToken?: string }
const pollDevice = async (deviceCode: string): Promise<[number, Polled]> => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ deviceCode })
  const reply = await fetch(`${home}/api/v1/auth/device/token`, { method: 'POST', headers, body })
  return [reply.status, (await reply.json()) as Polled]
}

test('a program that asks is turned away, or let in, by the code that it shows', async () => {
  const page = await newPage()
  const unwanted = await startDevice()
  await page.goto(unwanted.verificationUri)
  await heading(page, 'Let a program in')
  await shoot(page, 'device-sign-in')
  await signIn(page)
  await page.getByLabel('Code').fill('BCDF-GHJK')
  await press(page, 'Go on')
  await page.getByRole('alert').filter({ hasText: 'nothing here' }).waitFor()
  await shoot(page, 'device-wrong-code')
  // As somebody types it.
  await page.getByLabel('Code').fill(unwanted.userCode.toLowerCase().replace('-', ' '))
  await press(page, 'Go on')
  await heading(page, 'Let this program in?')
  await page.getByText('holdfast-cli on build-7').waitFor()
  await page.getByText('That is your own address.').waitFor()
  expect(await page.evaluate('document.activeElement?.textContent')).toBe('Deny')
  await shoot(page, 'device-asked')
  await page.keyboard.press('Enter')
  await heading(page, 'The program is turned away')
  await shoot(page, 'device-denied')
  expect(await pollDevice(unwanted.deviceCode)).toMatchObject([400, { code: 'access_denied' }])

  const wanted = await startDevice()
  await page.goto(wanted.verificationUri)
  await page.getByLabel('Code').fill(wanted.userCode)
  await page.getByLabel('Code').press('Enter')
  await press(page, 'Approve')
  await heading(page, 'The program is let in')
  await shoot(page, 'device-approved')
  const [status, { accessToken }] = await pollDevice(wanted.deviceCode)
  expect(status).toBe(200)
  const me = await fetch(`${home}/api/v1/auth/me`, { headers: { authorization: `Bearer ${accessToken}` } })
  expect(await me.json()).toMatchObject({ user: { email: EMAIL } })
  await page.goto(`${home}/security`)
  await page.getByText('holdfast-cli on build-7').waitFor()
  await page.context().close()
  expect(complaints).toEqual([])
})

test('the button of the sign-in provider signs in, and says why not', async () => {
  const page = await newPage()
  await page.goto(home)
  await page.getByRole('button', { name: 'Sign in with Example' }).waitFor()
  await shoot(page, 'sign-in-provider')
  provider.expect({ sub: 'maria', email: 'maria@example.org', email_verified: true, name: 'Maria' })
  await press(page, 'Sign in with Example')
  await heading(page, 'Files')
  await page.getByText('maria@example.org').waitFor()
  await page.context().close()

  const refused = await newPage()
  await refused.goto(home)
  provider.expect({ sub: 'mallory', email: EMAIL, email_verified: true, name: 'Ada' })
  await press(refused, 'Sign in with Example')
  await heading(refused, 'You are not signed in')
  await refused.getByRole('alert').filter({ hasText: 'has an account here' }).waitFor()
  expect(refused.url()).toBe(`${home}/sso`)
  await shoot(refused, 'sso-refused')
  await refused.getByRole('link', { name: 'Go to sign-in' }).click()
  await heading(refused, 'Sign in')

  await refused.goto(`${home}/sso#mfa=hfmfa_of-nobody`)
  await heading(refused, 'One more step')
  expect(refused.url()).toBe(`${home}/sso`)
  await shoot(refused, 'sso-second-step')
  await refused.getByLabel('Code of the authenticator app').fill('123456')
  await press(refused, 'Sign in')
  await refused.getByRole('alert').filter({ hasText: 'took too long' }).waitFor()
  await shoot(refused, 'sso-second-step-over')
  await press(refused, 'Begin again')
  await heading(refused, 'Sign in')
  await refused.context().close()
  expect(complaints).toEqual([])
})

test('what mails link to opens: a new password, a new account, an invitation', async () => {
  const page = await newPage()
  await page.goto(home)
  await page.getByRole('link', { name: 'Forgot the password?' }).click()
  await shoot(page, 'forgot-password')
  await page.getByLabel('E-mail address').fill(EMAIL)
  await press(page, 'Mail me a link')
  await page.getByText('a mail is on its way').waitFor()
  await page.goto(await mail.linkTo(EMAIL, 'reset-password'))
  await heading(page, 'Choose a new password')
  expect(page.url()).not.toContain('token')
  await shoot(page, 'reset-password')
  const password = 'another long password of hers'
  await page.getByRole('textbox', { name: 'New password' }).fill('password')
  await press(page, 'Set the password')
  await page.getByRole('alert').filter({ hasText: 'too easy to guess' }).waitFor()
  await shoot(page, 'weak-password')
  await page.getByRole('textbox', { name: 'New password' }).fill(password)
  await press(page, 'Set the password')
  await page.getByRole('link', { name: 'Go to sign-in' }).click()
  await signIn(page, { password })
  await heading(page, 'Files')

  const invited = 'grace@example.org'
  const inviting = await page.request.post(`${home}/api/v1/invitations`, {
    data: { email: invited, role: 'developer' },
    headers: { origin: home },
  })
  expect(inviting.status()).toBe(201)
  const guest = await newPage()
  await guest.goto(await mail.linkTo(invited, 'invitation'))
  await guest.getByLabel('Your name').fill('Grace')
  await guest.getByRole('textbox', { name: 'New password' }).fill(PASSWORD)
  await shoot(guest, 'invitation')
  await press(guest, 'Accept')
  await guest.getByText('Welcome').waitFor()
  await shoot(guest, 'invitation-accepted')
  await guest.getByRole('link', { name: 'Go to sign-in' }).click()
  await signIn(guest, { email: invited })
  await heading(guest, 'Files')

  const newcomer = 'joan@example.org'
  await guest.goto(`${home}/register`)
  await guest.getByLabel('Your name').fill('Joan')
  await guest.getByLabel('E-mail address').fill(newcomer)
  await shoot(guest, 'register')
  await press(guest, 'Mail me a link')
  await guest.getByText('A mail is on its way').waitFor()
  const link = await mail.linkTo(newcomer, 'confirm-registration')
  await guest.goto(link)
  await guest.getByRole('textbox', { name: 'New password' }).fill(PASSWORD)
  await shoot(guest, 'confirm-registration')
  await press(guest, 'Open the account')
  await guest.getByText('The account is open').waitFor()
  await guest.goto(home)
  await guest.goto(link)
  await guest.getByRole('textbox', { name: 'New password' }).fill(PASSWORD)
  await press(guest, 'Open the account')
  await guest.getByRole('alert').filter({ hasText: 'The link has expired' }).waitFor()
  await shoot(guest, 'link-expired')

  const asking = await page.request.post(`${home}/api/v1/auth/email`, {
    data: { email: 'countess@example.org', password },
    headers: { origin: home },
  })
  expect(asking.status()).toBe(202)
  await page.goto(await mail.linkTo('countess@example.org', 'verify-email'))
  await shoot(page, 'verify-email')
  await press(page, 'Confirm the address')
  await page.getByText('The address is confirmed').waitFor()
  await guest.context().close()
  await page.context().close()
  expect(complaints).toEqual([])
})

test('an account is linked to the sign-in provider and unlinked; one that has nothing else is erased', async () => {
  const page = await newPage()
  await page.goto(`${home}/security`)
  await signIn(page, { email: 'grace@example.org' })
  await heading(page, 'Single sign-on')
  await press(page, 'Link it')
  await page.getByLabel('Password').fill('not the password')
  await press(page, 'Continue to the provider')
  await page.getByRole('alert').filter({ hasText: 'password is wrong' }).waitFor()
  await page.getByLabel('Password').fill(PASSWORD)
  await shoot(page, 'link-provider')
  provider.expect({ sub: 'grace', email: 'g.hopper@example.net', email_verified: true, name: 'Grace' })
  await press(page, 'Continue to the provider')
  await page.getByText('The sign-in provider opens your account from now on.').waitFor()
  await page.getByText('Linked').waitFor()
  expect(page.url()).toBe(`${home}/security`)
  expect(await mail.linkTo('grace@example.org', 'security')).toBe(`${home}/security`)
  await shoot(page, 'provider-linked')
  await press(page, 'Sign out')
  await press(page, 'Sign in with Example')
  await heading(page, 'Files')
  await page.getByText('grace@example.org').waitFor()
  await page.goto(`${home}/security`)
  await press(page, 'Unlink')
  await page.getByText('does not open this account yet').waitFor()
  await page.context().close()

  const maria = await newPage()
  provider.expect({ sub: 'maria', email: 'maria@example.org', email_verified: true, name: 'Maria' })
  await maria.goto(`${home}/security`)
  await press(maria, 'Sign in with Example')
  await heading(maria, 'Files')
  await maria.goto(`${home}/security`)
  await press(maria, 'Unlink')
  await maria.getByRole('alert').filter({ hasText: 'Nothing else opens your account' }).waitFor()
  await press(maria, 'Erase my account…')
  await maria.getByText('Show once more who you are').waitFor()
  await shoot(maria, 'erase-confirm')
  await press(maria, 'Sign in with Example')
  await maria.getByText('Go on within five minutes').waitFor()
  expect(maria.url()).toBe(`${home}/security`)
  await maria.getByLabel('Your e-mail address, to be sure').fill('maria@example.org')
  await shoot(maria, 'erase-confirmed')
  await press(maria, 'Erase my account')
  await heading(maria, 'Your account is being erased')
  await maria.getByText(/^hfer_/).waitFor()
  await shoot(maria, 'erased')
  expect((await maria.request.get(`${home}/api/v1/auth/me`)).status()).toBe(401)
  await maria.context().close()
  expect(complaints).toEqual([])
})
