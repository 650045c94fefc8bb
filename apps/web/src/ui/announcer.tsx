'use client'

import { createContext, type ReactNode, useCallback, useContext, useEffect, useRef, useState } from 'react'

const Announce = createContext<(message: string) => void>(() => undefined)

/** Says a short message: shown for four seconds and read by screen readers. */
export const useAnnounce = () => useContext(Announce)

export const AnnouncerProvider = ({ children }: { children: ReactNode }) => {
  const [message, setMessage] = useState('')
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const announce = useCallback((next: string) => {
    clearTimeout(timer.current)
    setMessage(next)
    timer.current = setTimeout(() => setMessage(''), 4_000)
  }, [])
  useEffect(() => () => clearTimeout(timer.current), [])
  return (
    <Announce value={announce}>
      {children}
      <div className="announcer" role="status" aria-live="polite">
        {message === '' ? null : <p>{message}</p>}
      </div>
    </Announce>
  )
}
