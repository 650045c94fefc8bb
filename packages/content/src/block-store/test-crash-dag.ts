import { joinDags, leafDag, rawBlock, type TestDag, treeDag } from './test-dags.ts'

/** What upload number `n` of the crash tests holds: small, of many blocks, or large, some of it shared with others. */
export const crashDag = (n: number): TestDag => {
  if (n % 9 === 0) {
    const large = rawBlock(Buffer.alloc(300_000, `large ${n}`))
    return joinDags([{ root: large.cid, blocks: [large] }, leafDag('shared by all')])
  }
  if (n % 4 === 0) return joinDags([treeDag(`tree ${n % 24}`, 120), leafDag(`${n}`)])
  return leafDag(`small ${n % 50}`)
}
