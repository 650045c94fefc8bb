import type { MailContent } from '@packages/shared/mail'
import type { MailWords } from './mail-page.ts'

/** Names that strangers choose: one that would be shown as an address would make our mail carry their link. */
const nameOr = (name: string, other: string): string =>
  /:\/\/|www\.|\.\p{L}{2,}/iu.test(name) ? other : name.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 100)

const IGNORE = 'If you did not ask for this, ignore this mail: nothing changes.'

const NOT_ME = 'If it was you, there is nothing to do. If not, choose a new password at once, and tell the operator.'

const NOT_ME_PASSKEY =
  'If it was you, there is nothing to do. If not, remove it at once, choose a new password, and tell the operator.'

const SECOND_FACTOR = {
  enabled: {
    subject: 'Your account has a second factor now',
    paragraphs: ['From now on, signing in to your Holdfast account takes a code of your authenticator app.'],
    closing: NOT_ME,
  },
  disabled: {
    subject: 'The second factor of your account was turned off',
    paragraphs: ['From now on, the password alone is enough to sign in to your Holdfast account.'],
    closing: NOT_ME,
  },
  reset: {
    subject: 'An operator has reset your second factor',
    paragraphs: [
      'An operator of the platform has removed the second factor and the passkeys of your Holdfast account and has ended its sessions.',
      'Sign in with your password, and set a new one up.',
    ],
    closing: 'If you did not ask for this, choose a new password at once, and tell the operator.',
  },
  'reset-with-password': {
    subject: 'An operator has reset your second factor and your password',
    paragraphs: [
      'An operator of the platform has removed the second factor and the passkeys of your Holdfast account and has ended its sessions. Its password works no more.',
      'To show that the address is yours, ask for a link to choose a new password. Then set a second factor up again.',
    ],
    closing: 'If you did not ask for this, tell the operator at once.',
  },
  'passkey-added': {
    subject: 'Your account has a new passkey',
    paragraphs: ['From now on, a new passkey signs in to your Holdfast account, without the password.'],
    closing: NOT_ME_PASSKEY,
  },
  'passkey-removed': {
    subject: 'A passkey of your account was removed',
    paragraphs: ['A passkey does not sign in to your Holdfast account any more.'],
    closing: NOT_ME,
  },
  'provider-unlinked': {
    subject: 'Single sign-on opens your account no more',
    paragraphs: [
      'From now on, your organization’s sign-in provider does not sign in to your Holdfast account any more.',
    ],
    closing: NOT_ME,
  },
  'recovery-code-used': {
    subject: 'A recovery code was used',
    paragraphs: ['Somebody used one of the recovery codes of your Holdfast account in place of the authenticator app.'],
    closing: NOT_ME,
  },
}

/** What each mail says. Pure. */
export const mailWords = (content: MailContent): MailWords => {
  switch (content.template) {
    case 'confirm-registration':
      return {
        subject: 'Confirm your e-mail address',
        paragraphs: ['You asked for a Holdfast account. Choose a password to open it.'],
        action: { label: 'Choose a password', link: content.link },
        closing: `The link works once, for 24 hours. ${IGNORE}`,
      }
    case 'verify-email':
      return {
        subject: 'Confirm your e-mail address',
        paragraphs: ['Please confirm that this address belongs to your Holdfast account.'],
        action: { label: 'Confirm the address', link: content.link },
        closing: `The link works once, for 24 hours. ${IGNORE}`,
      }
    case 'account-exists':
      return {
        subject: 'You have an account already',
        paragraphs: ['Somebody asked for a Holdfast account with this address, which has one.'],
        action: { label: 'Sign in', link: content.link },
        closing: `There you can also ask for a new password. ${IGNORE}`,
      }
    case 'reset-password':
      return {
        subject: 'Choose a new password',
        paragraphs: ['Somebody asked for a new password of the Holdfast account with this address.'],
        action: { label: 'Choose a new password', link: content.link },
        closing: `The link works once, for one hour. ${IGNORE}`,
      }
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        paragraphs: ['The password of your Holdfast account was changed, and other sessions were ended.'],
        action: { label: 'This was not me', link: content.link },
        closing: 'If it was you, there is nothing to do. If not, choose a new password at once.',
      }
    case 'oidc-linked':
      return {
        subject: 'Your account can be signed in to by single sign-on now',
        paragraphs: [
          'From now on, your organization’s sign-in provider signs in to your Holdfast account. It was linked just now.',
        ],
        action: { label: 'This was not me', link: content.link },
        closing: 'If it was you, there is nothing to do. If not, choose a new password at once, and tell the operator.',
      }
    case 'email-changed':
      return {
        subject: 'Your e-mail address was changed',
        paragraphs: [`The address of your Holdfast account is ${content.newEmail} now.`],
        closing: 'If it was you, there is nothing to do. If not, tell the operator at once.',
      }
    case 'second-factor':
      return {
        ...SECOND_FACTOR[content.change],
        action: {
          label: content.change === 'reset-with-password' ? 'Choose a new password' : 'Look at it',
          link: content.link,
        },
      }
    case 'ipns-ending': {
      const { days, name, validUntil } = content
      const label = content.label === null ? name : nameOr(content.label, name)
      return {
        subject: `An IPNS name leads nowhere in ${days === 1 ? 'a day' : `${days} days`}: ${label}`,
        paragraphs: [
          `The record of ${label} (/ipns/${name}) is signed until ${validUntil}. After that nobody follows the name any more.`,
          'Publish it again before, by its key. If the key is kept elsewhere, publish there and bring the new record.',
        ],
        action: { label: 'Open Holdfast', link: content.link },
        closing: 'You get this mail 30, 7 and 1 days before the end, as an owner of the name.',
      }
    }
    case 'invitation': {
      const organization = nameOr(content.organization, 'an organization')
      return {
        subject: `Invitation to ${organization}`,
        paragraphs: [`${content.inviter} invites you to ${organization} on Holdfast, as ${content.role}.`],
        action: { label: 'Accept the invitation', link: content.link },
        closing: 'The link works once, for 7 days. If you do not know who this is, ignore this mail.',
      }
    }
  }
}
