'use client'

import { ApiProblem } from '@packages/api-client/api-problem'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { AnnouncerProvider } from '../ui/announcer'

/** Tries again only what may heal by itself: an unreachable platform or a 5xx, twice. */
const retry = (failures: number, error: Error): boolean =>
  failures < 2 && (!(error instanceof ApiProblem) || error.status >= 500)

/** What every page needs around it: the query cache and the announcer for screen readers. */
export const Providers = ({ children }: { children: ReactNode }) => {
  const [queries] = useState(() => new QueryClient({ defaultOptions: { queries: { retry, staleTime: 5_000 } } }))
  return (
    <QueryClientProvider client={queries}>
      <AnnouncerProvider>{children}</AnnouncerProvider>
    </QueryClientProvider>
  )
}
