"""For random values in random languages and companies: `search`, `filtered` and a naive reading agree."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kernel.orm import Domain, Env
from tests.orm.keyed_fixtures import shop, shop_database, shop_registry, shop_tx  # noqa: F401
from tests.orm.keyed_toys import COMPANIES, LANGUAGES, Account, Product

often = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
texts = st.text(st.sampled_from('aAbÉé%_\\"\n Ω'), min_size=1, max_size=4)
by_language = st.dictionaries(st.sampled_from(LANGUAGES), texts, max_size=4)
languages = st.sampled_from(LANGUAGES)
ORDERING = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def seen(stored: Mapping[str, str], language: str) -> str:
    """The rule of the contract, once more: own, the tenant's (English), any in a stable order."""
    for key in (language, "en", *sorted(stored, key=lambda code: (len(code), code))):
        if key in stored:
            return stored[key]
    return ""


def small(text: str) -> str:
    return text.lower().replace("\u03c2", "\u03c3")


TEXT: dict[str, Callable[[str, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "in": lambda text, wanted: text in wanted,
    "not in": lambda text, wanted: text not in wanted,
    "like": lambda text, part: part in text,
    "not like": lambda text, part: part not in text,
    "ilike": lambda text, part: small(part) in small(text),
    "not ilike": lambda text, part: small(part) not in small(text),
    "starts_with": lambda text, part: text.startswith(part),
    **ORDERING,
}


def agree(env: Env, found: Any, domain: Domain, wanted: list[int]) -> None:
    """The same records by SQL, and in Python with and without a cache."""
    ids = Domain.term("id", "in", list(found.ids))
    assert sorted(env[Product].search(ids & domain).ids) == wanted
    assert sorted(found.filtered(domain).ids) == wanted
    env.invalidate()
    assert sorted(found.filtered(domain).ids) == wanted


@often
@given(
    rows=st.lists(by_language, min_size=1, max_size=6),
    language=languages,
    name=st.sampled_from(("note", "name")),
    term=st.sampled_from(sorted(TEXT)),
    value=st.one_of(texts, st.just("")),
    more=texts,
)
def test_texts_are_found_as_the_reader_sees_them(
    shop: Env,
    rows: list[dict[str, str]],
    language: str,
    name: str,
    term: str,
    value: str,
    more: str,
) -> None:
    if name == "name":
        rows = [{**row, "en": row.get("en", "a")} for row in rows]
    env = shop.with_language(language)
    made = shop[Product].create([{"name": "x", name: row} for row in rows])
    if not value and term not in ("=", "!=", "in", "not in"):
        value = "a"
    operand: Any = [value, more] if term in ("in", "not in") else value
    wanted = [id for id, row in zip(made.ids, rows, strict=True) if TEXT[term](seen(row, language), operand)]
    agree(env, env[Product].browse(made.ids), Domain.term(name, term, operand), wanted)
    order = env[Product].search(Domain.term("id", "in", list(made.ids)), order=f"{name}, id")
    assert order.mapped(name) == sorted(seen(row, language) for row in rows)


amounts = st.one_of(st.none(), st.integers(-3, 3))
by_company = st.dictionaries(st.sampled_from(COMPANIES), amounts, max_size=3)


@often
@given(
    rows=st.lists(by_company, min_size=1, max_size=6),
    company=st.sampled_from(COMPANIES),
    name=st.sampled_from(("stock", "least")),
    term=st.sampled_from(("=", "!=", "in", "not in", *ORDERING)),
    value=amounts,
)
def test_numbers_are_found_as_the_readers_company_has_them(
    shop: Env, rows: list[dict[int, int | None]], company: int, name: str, term: str, value: int | None
) -> None:
    default = {"stock": None, "least": 5}[name]
    env = shop.with_company(company)
    made = shop[Product].create([{"name": "x", name: row} for row in rows])
    if value is None and term in ORDERING:
        value = 0
    operand: Any = [value, 1] if term in ("in", "not in") else value

    def holds(found: int | None) -> bool:
        if term in ORDERING:
            return found is not None and bool(ORDERING[term](found, operand))
        return (found in operand if "in" in term else found == operand) != (term in ("!=", "not in"))

    wanted = [id for id, row in zip(made.ids, rows, strict=True) if holds(row.get(company, default))]
    agree(env, env[Product].browse(made.ids), Domain.term(name, term, operand), wanted)
    (group,) = env[Product].group(Domain.term("id", "in", list(made.ids)), aggregates=[f"{name}:sum"])
    assert group[f"{name}:sum"] == sum(row.get(company, default) or 0 for row in rows)


@often
@given(rows=st.lists(by_company, min_size=1, max_size=5), company=st.sampled_from(COMPANIES))
def test_links_are_found_as_the_readers_company_has_them(
    shop: Env, rows: list[dict[int, int | None]], company: int
) -> None:
    accounts = shop[Account].create([{"code": str(n)} for n in range(8)])
    links = [{key: None if n is None else accounts[n + 3].id for key, n in row.items()} for row in rows]
    made = shop[Product].create([{"name": "x", "account": row} for row in links])
    env = shop.with_company(company)
    found = env[Product].browse(made.ids)
    for wanted in (accounts[3].id, None):
        ids = [id for id, row in zip(made.ids, links, strict=True) if row.get(company) == wanted]
        agree(env, found, Domain.term("account", "=", wanted), ids)
    ids = [id for id, row in zip(made.ids, links, strict=True) if row.get(company) == accounts[4].id]
    agree(env, found, Domain.term("account.code", "=", "4"), ids)


steps = st.lists(
    st.tuples(st.sampled_from(("write", "set", "read", "flush", "undo")), languages, st.one_of(texts, st.just(""))),
    max_size=12,
)


@often
@given(steps=steps)
def test_any_sequence_of_writes_reads_as_a_mapping_does(shop: Env, steps: list[tuple[str, str, str]]) -> None:
    record = shop[Product].create({"name": "x"})
    model: dict[str, str] = {}
    for step, language, text in steps:
        mine = shop.with_language(language)[Product].browse(record.id)
        if step == "write":
            mine.note = text
            model = _written(model, language, text)
        elif step == "set":
            record.set_translations("note", {language: text})
            model = {key: each for key, each in {**model, language: text}.items() if each}
        elif step == "flush":
            shop.invalidate()
        elif step == "undo":
            try:
                with shop.savepoint():
                    mine.note = text
                    raise InterruptedError
            except InterruptedError:
                pass
        assert record.translations("note") == model
        assert [shop.with_language(each)[Product].browse(record.id).note for each in LANGUAGES] == [
            seen(model, each) for each in LANGUAGES
        ]


def _written(model: dict[str, str], language: str, text: str) -> dict[str, str]:
    if text:
        return {**({} if model else {"en": text}), **model, language: text}
    return {} if language == "en" else {key: each for key, each in model.items() if key != language}


def test_decimals_keep_their_places(shop: Env) -> None:
    made = shop[Product].create([{"name": "x", "cost": Decimal("0.10")}, {"name": "y", "cost": Decimal("12.30")}])
    shop.invalidate()
    assert made.mapped(Product.cost) == [Decimal("0.10"), Decimal("12.30")]
    assert shop[Product].search(Product.cost == Decimal("0.1")) == made[0]
