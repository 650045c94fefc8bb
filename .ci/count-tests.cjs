// Reads Vitest's JSON report. `FILE EXITCODE` prints "passed failed"; `--failures FILE` prints each failed test's name and first lines.
// Runs on whatever Node the machine has.
const { readFileSync } = require('node:fs')

const read = (file) => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined
  }
}

const brokenFiles = (report) =>
  report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
const notRun = (report) =>
  report.testResults
    .flatMap((file) => file.assertionResults)
    .filter((test) => test.status !== 'passed' && test.status !== 'failed')

if (process.argv[2] === '--failures') {
  const report = read(process.argv[3])
  if (report === undefined) console.log('no report was written')
  else {
    for (const file of brokenFiles(report)) console.log(`✗ ${file.name}: ${file.message}`)
    for (const test of notRun(report)) console.log(`✗ not run: ${test.fullName}`)
    for (const test of report.testResults.flatMap((file) => file.assertionResults))
      if (test.status === 'failed')
        console.log(`✗ ${test.fullName}\n  ${test.failureMessages.join('\n').split('\n').slice(0, 12).join('\n  ')}`)
  }
} else {
  const report = read(process.argv[2])
  const exitCode = Number(process.argv[3])
  const passed = report?.numPassedTests ?? 0
  let failed = report === undefined ? 1 : report.numFailedTests + brokenFiles(report).length + notRun(report).length
  if (failed === 0 && (exitCode !== 0 || passed === 0)) failed = 1
  console.log(`${passed} ${failed}`)
}
