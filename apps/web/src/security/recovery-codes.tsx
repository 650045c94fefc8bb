'use client'

import { CopyButton } from '../ui/copy-button'

/** Shown this once: the platform keeps only their hashes. */
export const RecoveryCodes = ({ codes, onDone }: { codes: readonly string[]; onDone: () => void }) => (
  <div role="status">
    <h3>
      Recovery codes <CopyButton value={codes.join('\n')} label="Copy the recovery codes" />
    </h3>
    <p>
      Each works once in place of a code of the app. Keep them where you find them without your phone: they are not
      shown again.
    </p>
    <ul className="codes">
      {codes.map((code) => (
        <li key={code}>
          <code>{code}</code>
        </li>
      ))}
    </ul>
    <button type="button" className="button" onClick={onDone}>
      I have kept them
    </button>
  </div>
)
