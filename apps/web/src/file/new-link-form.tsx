'use client'

import { type FormEvent, useId } from 'react'
import type { NewLink } from '../api/links'
import { Field } from '../ui/field'
import { ProblemNotice } from '../ui/problem-notice'
import { useCreateLink } from './use-file'

const HOUR = 3_600
const SPANS: readonly (readonly [number, string])[] = [
  [HOUR, 'One hour'],
  [24 * HOUR, 'One day'],
  [7 * 24 * HOUR, 'One week'],
  [30 * 24 * HOUR, '30 days'],
]

/** Fields that were left empty are not sent. */
const newLinkOf = (form: FormData): NewLink => {
  const [password, most] = [String(form.get('password')), String(form.get('most'))]
  return {
    name: String(form.get('name')),
    expiresInSeconds: Number(form.get('span')),
    ...(password === '' ? {} : { password }),
    ...(most === '' ? {} : { maxDownloads: Number(most) }),
  }
}

type NewLinkFormProps = { fileId: string; onMade: (url: string) => void; onCancel: () => void }

export const NewLinkForm = ({ fileId, onMade, onCancel }: NewLinkFormProps) => {
  const create = useCreateLink(fileId)
  const span = useId()
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    create.mutate(newLinkOf(new FormData(event.currentTarget)), { onSuccess: onMade })
  }
  return (
    <form className="short" onSubmit={onSubmit}>
      <Field label="Name" name="name" maxLength={100} autoFocus hint="To tell it from others here; may be empty." />
      <div className="field">
        <label htmlFor={span}>It works for</label>
        <select id={span} name="span" defaultValue={24 * HOUR}>
          {SPANS.map(([seconds, words]) => (
            <option key={seconds} value={seconds}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={8}
        maxLength={128}
        hint="Asked for beside the link; may be empty."
      />
      <Field
        label="Downloads"
        name="most"
        type="number"
        min={1}
        max={1_000_000_000}
        hint="How many it is good for; empty for any number."
      />
      {create.isError ? <ProblemNotice error={create.error} /> : null}
      <div className="actions">
        <button type="submit" className="button" disabled={create.isPending}>
          Make the link
        </button>
        <button type="button" className="button quiet" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
