/** One demand on every implementation of a port. `run` gets what makes a fresh one, and throws when the demand is not met. */
export type ContractCase<Make> = { name: string; run(make: Make): Promise<void> }
