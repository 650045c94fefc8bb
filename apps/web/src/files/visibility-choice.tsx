'use client'

import { useId } from 'react'
import type { Visibility } from '../api/read-me'

const CHOICES: { value: Visibility; word: string; hint: string }[] = [
  {
    value: 'public',
    word: 'Public',
    hint: 'Whoever has the CID can read it at the gateway. This is final: copies elsewhere cannot be recalled.',
  },
  {
    value: 'private',
    word: 'Private',
    hint: 'Stored encrypted. Your organization reads it, and whom you give a link. It can be made public later.',
  },
]

type VisibilityChoiceProps = { value: Visibility; byDefault: Visibility; onChange: (value: Visibility) => void }

/** Who may read what is uploaded next; the organization's default unless another one is chosen. */
export const VisibilityChoice = ({ value, byDefault, onChange }: VisibilityChoiceProps) => {
  const id = useId()
  return (
    <fieldset className="choices">
      <legend>Who can read what you upload</legend>
      {CHOICES.map((choice) => (
        <label key={choice.value} className="choice">
          <input type="radio" name={id} checked={choice.value === value} onChange={() => onChange(choice.value)} />
          <span>
            {choice.word}
            {choice.value === byDefault ? <span className="kind">Default</span> : null}
          </span>
          <span className="hint">{choice.hint}</span>
        </label>
      ))}
    </fieldset>
  )
}
