'use client'

import { CopyButton } from '../ui/copy-button'

/** Shown this once, to who has no account any more. */
export const ErasedCard = ({ receiptToken }: { receiptToken: string }) => (
  <section className="card narrow" aria-labelledby="erased" role="status">
    <h1 id="erased">Your account is being erased</h1>
    <p>You are signed out. This token reads the receipt, which says what was erased and when. It is shown only now:</p>
    <p className="secret">
      <code className="whole">{receiptToken}</code> <CopyButton value={receiptToken} label="Copy the token" />
    </p>
    <p className="hint">
      Send it as <code>{'{"token": "…"}'}</code> to <code>POST /api/v1/erasures/receipt</code>; that needs no account.
    </p>
  </section>
)
