"""The settings store: values of addons' typed settings, as rows of `base.setting`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from addons.base.kept import kept
from kernel.orm import Env

_VALUES: Final = """
    SELECT name, value FROM base.setting
    WHERE addon = %s AND (company_id IS NULL OR company_id = %s)
    ORDER BY company_id NULLS FIRST"""


class BaseSettings:
    """A company's value stands before the tenant's."""

    def load(self, env: Env, addon: str) -> Mapping[str, Any]:
        """The values that were set, in wire form."""
        company = env.company
        key = ("base.settings", addon, company)
        return kept(env, key, lambda: _values(env, addon, company))


def _values(env: Env, addon: str, company: int | None) -> Mapping[str, Any]:
    return {row[0]: row[1] for row in env.sql(_VALUES, (addon, company))}
