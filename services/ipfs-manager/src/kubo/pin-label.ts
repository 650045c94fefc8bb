/** The name of our pins: whose they are, and of which content (`design` hard case 12). Several at once carry their push's id. */
export type PinLabel = { install: string; about: string }

const PREFIX = 'hf'

export const labelOf = ({ install, about }: PinLabel): string => `${PREFIX}:${install}:${about}`

/** Whether a pin of this name is one of this platform's. Nobody else's is ever taken away. */
export const isOurs = (label: string | null, install: string): boolean =>
  label?.startsWith(`${PREFIX}:${install}:`) === true
