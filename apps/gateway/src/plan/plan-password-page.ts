import { pageHead } from './page-style.ts'
import { planOwn } from './plan-own.ts'
import type { ResponsePlan } from './response-plan.ts'

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

const STYLE = `body{max-width:24rem;padding-top:4rem}h1{font-size:1.5rem;line-height:1.3}
input,button{font:inherit;color:inherit;background:var(--raised);border:1px solid var(--soft);border-radius:4px;padding:.4rem .6rem;width:100%;margin:.3rem 0}
button{cursor:pointer}input:focus-visible,button:focus-visible{outline:2px solid var(--link);outline-offset:2px}`

/** A form without scripts that posts to its own address: the password goes into no URL. */
export const planPasswordPage = (method: string, status: number, message: string): ResponsePlan => {
  const page = `${pageHead('Password', STYLE)}
<main>
<h1>This file has a password</h1>
<p role="status">${message}</p>
<form method="post">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="off" required autofocus>
<button>Open</button>
</form>
</main>
</html>
`
  return planOwn(method, status, 'text/html; charset=utf-8', page, POLICY)
}
