"""Routes that cannot be answered, or answer for others."""

from __future__ import annotations

from tests.doctor.faults.sound import change

FILE = "http.py"
ROUTE = '@route("/perk/card/<int:number>", auth="user")'
TAKES = "def card(request: Request, number: int) -> Response:"
END = "    return Response(str(number))"

FAULTS = [
    change("path of another", "route-outside-addon", FILE, ROUTE, '@route("/card/<int:number>", auth="user")', near=""),
    change("who may call unsaid", "route-without-auth", FILE, ROUTE, '@route("/perk/card/<int:number>")'),
    change(
        "who may call misspelt",
        "route-bad-option",
        FILE,
        ROUTE,
        '@route("/perk/card/<int:number>", auth="pubic")',
        near='"public"',
    ),
    change(
        "option of no route",
        "route-bad-option",
        FILE,
        ROUTE,
        '@route("/perk/card/<int:number>", auth="user", method="POST")',
        near='"methods"',
    ),
    change(
        "value not taken",
        "route-wrong-arguments",
        FILE,
        TAKES,
        "def card(request: Request, numbr: int = 0) -> Response:\n    number = numbr",
        near='"numbr"',
    ),
    change(
        "value not given",
        "route-wrong-arguments",
        FILE,
        TAKES,
        "def card(request: Request, number: int, color: str) -> Response:",
        near='"color"',
    ),
    change("request not taken", "route-wrong-arguments", FILE, TAKES, "def card() -> Response:\n    number = 1"),
    change(
        "path twice",
        "route-twice",
        FILE,
        END,
        f'{END}\n\n\n@route("/perk/card/<int:other>", auth="public")\ndef again(request: Request, other: int) -> Response:\n    """Again."""\n    return Response(str(other))',
        "<int:other>",
    ),
]
