'use client'

import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { readMe } from '../api/read-me'
import { readSetup } from '../api/set-up'
import type { SecondFactor } from '../api/security'
import { showSecondFactor, signIn, signInByPasskey, signOut } from '../api/sign-in'

const SESSION = ['session'] as const

/** Who is signed in: `null` for nobody, `undefined` while unknown. The session itself is an HttpOnly cookie. */
export const useSession = () =>
  useQuery({ queryKey: SESSION, queryFn: ({ signal }) => readMe(signal), staleTime: 60_000 })

/** Whether the platform is set up, and where its gateway is. */
export const useSetup = () =>
  useQuery({ queryKey: ['setup'], queryFn: ({ signal }) => readSetup(signal), staleTime: Number.POSITIVE_INFINITY })

/** By address and password; who has a second factor is not signed in yet, and gets an `mfaToken`. */
export const useSignIn = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: signIn,
    onSuccess: ({ mfaToken }) => (mfaToken === null ? queries.invalidateQueries({ queryKey: SESSION }) : undefined),
  })
}

export const useSecondFactor = (mfaToken: string) => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (shown: SecondFactor) => showSecondFactor(mfaToken, shown),
    onSuccess: () => queries.invalidateQueries({ queryKey: SESSION }),
  })
}

export const usePasskeySignIn = () => {
  const queries = useQueryClient()
  return useMutation({ mutationFn: signInByPasskey, onSuccess: () => queries.invalidateQueries({ queryKey: SESSION }) })
}

/** Ends the session and forgets everything that was read in it. */
export const useSignOut = () => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: signOut,
    onSuccess: () => {
      queries.setQueryData(SESSION, null)
      queries.removeQueries({ predicate: ({ queryKey }) => !['session', 'setup'].includes(String(queryKey[0])) })
    },
  })
}

/** To be called when any answer says 401: the page falls back to the sign-in form. */
export const useSessionEnded = () => {
  const queries = useQueryClient()
  return useCallback(() => void queries.setQueryData(SESSION, null), [queries])
}
