'use client'

import { completeRegistration, confirmEmail, forgotPassword, register, resetPassword } from '../api/account'
import { Frame } from '../ui/frame'
import { AccountForm } from './account-form'
import { WithToken } from './with-token'

const toSignIn = <a href="/">Go to sign-in</a>

export const ForgotPasswordPage = () => (
  <Frame>
    <AccountForm
      title="Forgot the password?"
      intro={<p>We mail you a link by which you choose a new one.</p>}
      fields={['email']}
      action="Mail me a link"
      submit={({ email }) => forgotPassword(email)}
      done={<p>If the address has an account, a mail is on its way. The link in it is good for an hour.</p>}
    />
  </Frame>
)

export const RegisterPage = () => (
  <Frame>
    <AccountForm
      title="Ask for an account"
      intro={<p>We mail you a link by which you choose a password.</p>}
      fields={['name', 'email']}
      action="Mail me a link"
      submit={({ name, email }) => register({ name, email })}
      done={<p>A mail is on its way. The link in it is good for 24 hours.</p>}
    />
  </Frame>
)

export const ResetPasswordPage = () => (
  <WithToken>
    {(token) => (
      <AccountForm
        title="Choose a new password"
        intro={<p>All sessions of the account end.</p>}
        fields={['password']}
        action="Set the password"
        submit={({ password }) => resetPassword({ token, password })}
        done={<p>The password is set. {toSignIn}</p>}
      />
    )}
  </WithToken>
)

export const ConfirmRegistrationPage = () => (
  <WithToken>
    {(token) => (
      <AccountForm
        title="Open the account"
        intro={<p>Your address is confirmed. Choose a password.</p>}
        fields={['password']}
        action="Open the account"
        submit={({ password }) => completeRegistration({ token, password })}
        done={<p>The account is open. {toSignIn}</p>}
      />
    )}
  </WithToken>
)

/** Confirmed by a press, not by opening: programs that look into mails open links too. */
export const VerifyEmailPage = () => (
  <WithToken>
    {(token) => (
      <AccountForm
        title="Confirm your e-mail address"
        intro={<p>This shows that the address is yours.</p>}
        fields={[]}
        action="Confirm the address"
        submit={() => confirmEmail(token)}
        done={<p>The address is confirmed. {toSignIn}</p>}
      />
    )}
  </WithToken>
)
