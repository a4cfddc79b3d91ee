"""Python that cannot be read or run, and imports that are not allowed."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault, change

CARD, HTTP, HOOKS = "models/card.py", "http.py", "hooks.py"

FAULTS = [
    change("syntax of a model", "python-syntax", CARD, "for card in self:", "for card in self"),
    change("syntax of a page", "python-syntax", HTTP, "return Response(str(number))", "return Response(str(number)"),
    change(
        "import of nothing",
        "python-import-failed",
        HTTP,
        "from kernel.http import Request, Response, route",
        "from kernel.http import Request, Response, route\nimport no_such_module_here",
        "import no_such_module_here",
    ),
    change(
        "import of a wrong name",
        "python-import-failed",
        HOOKS,
        "from kernel.orm import Env",
        "from kernel.orm import Env, Modle",
        near="Model",
    ),
    change(
        "error in a class body",
        "python-import-failed",
        CARD,
        'joined = fields.Date("Joined")',
        'joined = fields.Dat("Joined")',
        near="Date",
    ),
    change(
        "error at the end of a module",
        "python-import-failed",
        HTTP,
        "    return Response(str(number))",
        "    return Response(str(number))\n\n\nraise ValueError(5)",
        "raise ValueError(5)",
    ),
    change(
        "import outside depends",
        "python-import-outside-depends",
        HOOKS,
        "from kernel.orm import Env",
        "from addons.sync import engine\nfrom kernel.orm import Env",
    ),
    change(
        "import for types outside depends",
        "python-import-outside-depends",
        HOOKS,
        "from kernel.orm import Env",
        "from typing import TYPE_CHECKING\n\nfrom kernel.orm import Env\n\nif TYPE_CHECKING:\n    import addons.sync.engine",
        "import addons.sync.engine",
    ),
    change(
        "import of tests",
        "python-imports-tests",
        HOOKS,
        "from kernel.orm import Env",
        "import addons.perk.tests\nfrom kernel.orm import Env",
    ),
    change(
        "private part of the kernel",
        "python-private-import",
        HOOKS,
        "from kernel.orm import Env",
        "from kernel.orm.work import UnitOfWork\nfrom kernel.orm import Env",
        near="kernel.orm.work",
    ),
    Fault(
        "migration no Python",
        "migration-syntax",
        "migrations/0002_next.py",
        "revision = (",
        changes={"migrations/0002_next.py": "revision = (\n"},
    ),
]
