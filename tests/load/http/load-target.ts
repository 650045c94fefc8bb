/** What is asked for, over and over. */
export type LoadTarget = { url: URL; headers?: Readonly<Record<string, string>>; connections: number; seconds: number }

export type LoadResult = { perSecond: number; cpuSeconds: number }
