'use client'

import { useEffect, useState } from 'react'
import { tokenFromFragment } from './token-from-fragment'

/**
 * The set-up token of the address's fragment: `undefined` before the page has looked, `null` when there is none.
 * It is taken out of the address at once, so that it stays out of the history and of screenshots.
 */
export const useSetupToken = (): string | null | undefined => {
  const [token, setToken] = useState<string | null>()
  useEffect(() => {
    const read = () => {
      const found = tokenFromFragment(window.location.hash)
      if (found !== null) window.history.replaceState(null, '', window.location.pathname)
      setToken((before) => found ?? before ?? null)
    }
    read()
    window.addEventListener('hashchange', read)
    return () => window.removeEventListener('hashchange', read)
  }, [])
  return token
}
