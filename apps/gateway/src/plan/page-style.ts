/** What all pages of the gateway's own look like: light and dark as the visitor has it, readable at any width, nothing loaded. */
export const PAGE_STYLE = `:root{color-scheme:light dark;--ink:light-dark(#1b1f24,#e6e8eb);--soft:light-dark(#59636e,#9aa4af);--line:light-dark(#d8dde3,#333a42);--paper:light-dark(#fff,#15181c);--raised:light-dark(#f5f7f9,#1e2227);--link:light-dark(#0550ae,#79b8ff)}
*{box-sizing:border-box}body{font:15px/1.6 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:62rem;padding:1.5rem 1rem;overflow-wrap:anywhere}
a{color:var(--link);text-underline-offset:.2em}a:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:2px}`

/** The beginning of a page; `title` is safe as it is. */
export const pageHead = (title: string, style = ''): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<style>${PAGE_STYLE}
${style}</style>`
