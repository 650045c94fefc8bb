import { expect, it } from 'vitest'
import { planPasswordPage } from './plan-password-page.ts'

it('looks as all pages do, in light and in dark, and sends the form to its own address', () => {
  const { body } = planPasswordPage('GET', 403, 'Whoever gave you the link knows it.')
  const page = String(body)
  expect(page).toContain('<meta name="color-scheme" content="light dark">')
  expect(page).toContain('light-dark(')
  expect(page).toContain('<form method="post">')
})
