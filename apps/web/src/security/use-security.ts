'use client'

import { type UseQueryResult, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { isSignedOut } from '../api/explain'
import {
  addPasskey,
  type BothFactors,
  confirmTotp,
  disableSecondFactor,
  eraseAccount,
  type Identity,
  listPasskeys,
  listSessions,
  type PasskeyProof,
  readSecondFactor,
  readWays,
  removePasskey,
  renamePasskey,
  renewRecoveryCodes,
  revokeOtherSessions,
  revokeSession,
  unlinkSingleSignOn,
} from '../api/security'
import { useSessionEnded } from '../session/use-session'

const FACTOR = ['second-factor'] as const
const PASSKEYS = ['passkeys'] as const
const SESSIONS = ['sessions'] as const
const WAYS = ['ways'] as const

const useWhileSignedIn = <T>(query: UseQueryResult<T>): UseQueryResult<T> => {
  const sessionEnded = useSessionEnded()
  const gone = isSignedOut(query.error)
  useEffect(() => {
    if (gone) sessionEnded()
  }, [gone, sessionEnded])
  return query
}

export const useSecondFactorState = () =>
  useWhileSignedIn(useQuery({ queryKey: FACTOR, queryFn: ({ signal }) => readSecondFactor(signal) }))

export const usePasskeys = () =>
  useWhileSignedIn(useQuery({ queryKey: PASSKEYS, queryFn: ({ signal }) => listPasskeys(signal) }))

export const useSessions = () =>
  useWhileSignedIn(useQuery({ queryKey: SESSIONS, queryFn: ({ signal }) => listSessions(signal) }))

export const useWays = () => useWhileSignedIn(useQuery({ queryKey: WAYS, queryFn: ({ signal }) => readWays(signal) }))

/** A change, after which the page reads again what it shows; not waited for, lest the row that made it be gone before it is told. */
const useChange = <Input, Output>(mutationFn: (input: Input) => Promise<Output>) => {
  const queries = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => {
      for (const queryKey of [FACTOR, PASSKEYS, SESSIONS, WAYS]) void queries.invalidateQueries({ queryKey })
    },
  })
}

export const useConfirmTotp = () => useChange((code: string) => confirmTotp(code))
export const useRenewRecoveryCodes = () => useChange((body: BothFactors) => renewRecoveryCodes(body))
export const useDisableSecondFactor = () => useChange((body: BothFactors) => disableSecondFactor(body))
export const useAddPasskey = () => useChange((input: { name: string; proof: PasskeyProof }) => addPasskey(input))
export const useRenamePasskey = () => useChange((input: { id: string; name: string }) => renamePasskey(input))
export const useRemovePasskey = () => useChange((id: string) => removePasskey(id))
export const useUnlink = () => useChange(() => unlinkSingleSignOn())
/** Nothing is read again: the session ends with it. */
export const useEraseAccount = () =>
  useMutation({ mutationFn: (body: Identity & { confirm: string }) => eraseAccount(body), gcTime: 0 })
export const useRevokeSession = () => useChange((id: string) => revokeSession(id))
export const useRevokeOtherSessions = () => useChange(() => revokeOtherSessions())
