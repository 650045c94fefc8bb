import { planOwn } from './plan-own.ts'
import type { ResponsePlan } from './response-plan.ts'

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

/** A form without scripts that posts to its own address: the password goes into no URL. */
export const planPasswordPage = (method: string, status: number, message: string): ResponsePlan => {
  const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Password</title>
<style>body{font:16px/1.6 system-ui,sans-serif;margin:4rem auto;max-width:24rem;padding:0 1rem}input,button{font:inherit;padding:.4rem .6rem;width:100%;box-sizing:border-box;margin:.3rem 0}</style>
<h1>This file has a password</h1>
<p role="status">${message}</p>
<form method="post">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="off" required autofocus>
<button>Open</button>
</form>
</html>
`
  return planOwn(method, status, 'text/html; charset=utf-8', page, POLICY)
}
