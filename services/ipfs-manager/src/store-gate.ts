/** Whether bytes may be given back: only while the store and the database fit together. */
export type StoreGate = { isOpen(): boolean }
