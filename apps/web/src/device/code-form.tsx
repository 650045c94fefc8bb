'use client'

import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { type DeviceLogin, readDeviceLogin } from '../api/device'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'

/** Asks for the code that the program shows. */
export const CodeForm = ({ onFound }: { onFound: (userCode: string, login: DeviceLogin) => void }) => {
  const looking = useMutation({
    mutationFn: readDeviceLogin,
    onSuccess: (login, userCode) => onFound(userCode, login),
  })
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    looking.mutate(String(new FormData(event.currentTarget).get('code')).trim())
  }
  return (
    <section className="card narrow" aria-labelledby="device">
      <h1 id="device">Let a program in</h1>
      <form onSubmit={onSubmit}>
        <p>Type the code that the program shows on your screen.</p>
        <Field
          label="Code"
          name="code"
          required
          autoFocus
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={40}
          placeholder="BCDF-GHJK"
        />
        {looking.isError ? <ProblemNotice error={looking.error} /> : null}
        <button type="submit" className="button" disabled={looking.isPending}>
          Go on
        </button>
      </form>
    </section>
  )
}
