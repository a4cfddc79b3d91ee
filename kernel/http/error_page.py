"""The page a person sees when a request failed: what happened, what to do next, the request id small."""

from __future__ import annotations

from html import escape

from kernel.http.failures import Failure

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark;
  --text: #1c1e21; --soft: #6b7280; --back: #fafafa; --card: #fff; --line: #e5e7eb }}
@media (prefers-color-scheme: dark) {{
  :root {{ --text: #e6e7e9; --soft: #9aa0a6; --back: #141517; --card: #1c1d20; --line: #2c2e33 }}
}}
body {{ margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--back);
  color: var(--text); font: 16px/1.5 Inter, system-ui, sans-serif }}
main {{ max-width: 420px; margin: 24px; padding: 32px; background: var(--card);
  border: 1px solid var(--line); border-radius: 8px }}
h1 {{ margin: 0 0 8px; font-size: 20px; font-weight: 600 }}
p {{ margin: 0 0 16px }}
.soft {{ color: var(--soft) }}
small {{ color: var(--soft); font-size: 12px }}
a {{ color: inherit }}
</style>
</head>
<body><main>
<h1>{title}</h1>
<p class="soft">{hint}</p>
<p><a href="/">Back to the start</a></p>
<small>{status} {code} &middot; request {request_id}</small>
</main></body>
</html>
"""


def error_page(failure: Failure, request_id: str) -> str:
    """The whole page."""
    body = failure.body
    return _PAGE.format(
        title=escape(str(body["text"])),
        hint=escape(str(body.get("hint", ""))),
        status=failure.status,
        code=escape(str(body["code"])),
        request_id=escape(request_id),
    )
