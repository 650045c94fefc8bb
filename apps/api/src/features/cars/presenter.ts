import type { CommittedIngest } from '@packages/db/ingest-committer'
import type { CarReport } from '@packages/content/car/import-car'
import type { z } from 'zod'
import type { uploadedFileSchema } from '../files/schemas.ts'
import type { KeptImportRow } from './repository.ts'
import type { importedCarSchema, incompleteCarSchema, keptImportSchema } from './schemas.ts'

export type ImportedCarBody = z.infer<typeof importedCarSchema>
export type IncompleteCarBody = z.infer<typeof incompleteCarSchema>

const presentFile = ({ file, pin }: Pick<CommittedIngest, 'file' | 'pin'>): z.infer<typeof uploadedFileSchema> => ({
  file: {
    id: file.id,
    cid: file.cid,
    name: file.original_name,
    kind: file.kind,
    size: file.size,
    contentType: file.content_type,
    createdAt: new Date(file.created_at).toISOString(),
    metadata: file.metadata,
    visibility: file.visibility,
    group: file.group_id,
  },
  pin: { requestid: pin.id, status: pin.status },
})

const rootsNote = ({ headerRoots, survey }: CarReport): string => {
  const taken = survey.roots.length
  if (headerRoots.length === 0) return 'The header lists no root; the one that the request names was taken.'
  if (headerRoots.length === 1 && taken === 1) return 'The header lists one root.'
  const repeated = headerRoots.length - taken
  return `The header lists ${headerRoots.length} roots${repeated > 0 ? `, ${repeated} of them more than once` : ''}: each has a pin of its own.`
}

const presentReport = (report: CarReport, continued: boolean): ImportedCarBody['car'] => ({
  version: report.version,
  roots: report.headerRoots.map(String),
  rootsNote: continued ? 'The roots are those of the import that was continued.' : rootsNote(report),
  sections: report.sections,
  duplicates: report.duplicates,
  added: report.survey.added,
  held: report.survey.held,
  unreachable: report.survey.unreachable,
})

export const presentImportedCar = (
  committed: readonly Pick<CommittedIngest, 'file' | 'pin'>[],
  report: CarReport,
  continued: boolean,
): ImportedCarBody => ({
  complete: true,
  files: committed.map(presentFile),
  car: presentReport(report, continued),
})

export const presentKeptImport = (row: KeptImportRow): z.infer<typeof keptImportSchema> => ({
  id: row.id,
  name: row.name,
  roots: row.roots,
  size: row.dag_size ?? 0,
  blocks: row.blocks ?? 0,
  missing: { count: row.missing_count, cids: row.missing },
  createdAt: new Date(row.created_at).toISOString(),
})

export const presentIncompleteCar = (row: KeptImportRow, report: CarReport, continued: boolean): IncompleteCarBody => ({
  complete: false,
  import: presentKeptImport(row),
  car: presentReport(report, continued),
})
