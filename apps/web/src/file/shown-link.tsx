import { CopyButton } from '../ui/copy-button'

/** A new link: it is not shown again. */
export const ShownLink = ({ url, onDone }: { url: string; onDone: () => void }) => (
  <div className="shown-once" role="status">
    <p>
      <strong>Copy the link now.</strong> It is not shown again.
    </p>
    <p className="secret">
      <code className="whole">{url}</code> <CopyButton value={url} label="Copy the link" />
    </p>
    <button type="button" className="button quiet small" onClick={onDone}>
      I have it
    </button>
  </div>
)
