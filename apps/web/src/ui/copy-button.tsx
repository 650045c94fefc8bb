'use client'

import { useAnnounce } from './announcer'

/** The clipboard needs a secure page; on plain HTTP in a local network a selected text area still copies. */
const copy = async (value: string): Promise<boolean> => {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(value).then(
      () => true,
      () => false,
    )
  }
  const area = document.createElement('textarea')
  area.value = value
  area.className = 'off-screen'
  document.body.append(area)
  area.select()
  const copied = document.execCommand('copy')
  area.remove()
  return copied
}

export const CopyButton = ({ value, label }: { value: string; label: string }) => {
  const announce = useAnnounce()
  const onClick = async () => announce((await copy(value)) ? 'Copied' : 'The browser did not allow copying')
  return (
    <button type="button" className="icon-button" title={label} aria-label={label} onClick={onClick}>
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <rect x="7" y="7" width="9.5" height="9.5" rx="2" />
        <path d="M13 4.5A1.5 1.5 0 0 0 11.5 3.5H5A1.5 1.5 0 0 0 3.5 5v6.5A1.5 1.5 0 0 0 4.5 13" />
      </svg>
    </button>
  )
}
