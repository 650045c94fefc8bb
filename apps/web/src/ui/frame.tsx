import type { ReactNode } from 'react'

const Mark = () => (
  <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" />
    <path d="M10 8v16M22 8v16M10 16h12" />
  </svg>
)

/** The page's frame: a skip link, the bar with the name and what stands at its right, and the main part. */
export const Frame = ({ children, aside }: { children: ReactNode; aside?: ReactNode }) => (
  <>
    <a className="skip" href="#main">
      Skip to content
    </a>
    <header className="bar">
      <a className="brand" href="/">
        <Mark />
        Holdfast
      </a>
      {aside === undefined ? null : <div className="bar-aside">{aside}</div>}
    </header>
    <main id="main" tabIndex={-1}>
      {children}
    </main>
  </>
)
