"""A field to search by words in several texts of a record."""

from __future__ import annotations

import builtins
import re
from typing import TYPE_CHECKING, Any

from kernel.errors import DeveloperError
from kernel.orm.domains.domain import Domain
from kernel.orm.fields.base import Field

if TYPE_CHECKING:
    from kernel.orm.model import Model

_CONFIG = re.compile(r"[a-z_]+")


class FullText(Field[str]):
    """The words of some texts of the record: `words = fields.FullText("name", "notes")`, with an index.

    It is searched with `matches`; its value is the texts, one below the other. It has no column.
    `config` is PostgreSQL's text search configuration: `simple` takes words as they are, `english` their stems.
    """

    type = "fulltext"
    exact = str
    prefetch = False
    orderable = False

    def __init__(self, *texts: str, label: str = "", config: str = "simple", help: str = "") -> None:
        super().__init__(label, help=help)
        if not texts:
            raise DeveloperError(f"{self.place}: FullText needs the names of texts.")
        if not _CONFIG.fullmatch(config):
            raise DeveloperError(f'{self.place}: "{config}" is no text search configuration.')
        self.texts = texts
        self.config = config
        self.depends = texts

    @property
    def null(self) -> Any:
        return ""

    def __set_name__(self, owner: builtins.type[Any], name: str) -> None:
        """The value is computed by a method that the class is given for it."""
        super().__set_name__(owner, name)
        self.compute_name = f"_join_{name}"
        setattr(owner, self.compute_name, self._joining(name))

    def _joining(self, name: str) -> Any:
        texts = self.texts

        def join(records: Model) -> None:
            for record in records:
                setattr(record, name, "\n".join(text for each in texts if (text := getattr(record, each))))

        return join

    def matches(self, text: str) -> Domain:
        """Has the words of `text`; `"a phrase"`, `or` and `-without` are understood. Sort by `order="relevance"`."""
        return Domain.term(self.name, "matches", text)
