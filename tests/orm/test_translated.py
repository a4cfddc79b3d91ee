"""Texts by language: what each reader sees, writes, finds and sorts by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kernel.errors import ValidationError
from kernel.orm import Domain, Env, Model
from tests.orm.keyed_fixtures import asked, shop, shop_database, shop_registry, shop_tx  # noqa: F401
from tests.orm.keyed_toys import Kind, Product

Asked = Callable[[], int]


def seen(record: Model, language: str, name: str = "name") -> Any:
    """What a reader of the language sees."""
    return getattr(record.env.with_language(language).records(record.__info__, record.ids), name)


@pytest.fixture
def chair(shop: Env) -> Product:
    return shop[Product].create({"name": {"en": "Chair", "pt": "Cadeira"}})


def test_each_reader_sees_their_own_language_then_the_tenants_then_any(shop: Env, chair: Product) -> None:
    only = shop[Product].create({"name": "x", "note": {"fr": "Bois", "pt-BR": "Madeira"}})
    for _ in ("from the cache", "from the database"):
        assert [seen(chair, language) for language in ("en", "pt", "fr")] == ["Chair", "Cadeira", "Chair"]
        assert [seen(only, language, "note") for language in ("en", "pt-BR", "pt")] == ["Bois", "Madeira", "Bois"]
        shop.invalidate()


def test_a_write_sets_the_language_of_the_env_only(shop: Env, chair: Product) -> None:
    portuguese = shop.with_language("pt")[Product].browse(chair.id)
    portuguese.name = "Banco"
    assert chair.translations("name") == {"en": "Chair", "pt": "Banco"}
    chair.write(name="Stool")
    shop.invalidate()
    assert chair.translations("name") == {"en": "Stool", "pt": "Banco"}


def test_the_first_text_is_the_tenants_too_until_it_is_translated(shop: Env) -> None:
    table = shop.with_language("pt")[Product].create({"name": "Mesa"})
    assert table.translations("name") == {"en": "Mesa", "pt": "Mesa"}
    shop[Product].browse(table.id).name = "Table"
    assert (seen(table, "pt"), seen(table, "en"), seen(table, "fr")) == ("Mesa", "Table", "Table")
    table.note = "de madeira"
    assert table.translations("note") == {"en": "de madeira", "pt": "de madeira"}


def test_an_empty_text_takes_a_translation_back_and_the_tenants_takes_all(shop: Env, chair: Product) -> None:
    chair.set_translations("note", {"en": "wood", "pt": "madeira", "fr": "bois"})
    shop.with_language("pt")[Product].browse(chair.id).note = ""
    assert seen(chair, "pt", "note") == "wood"
    chair.note = ""
    shop.flush()
    assert chair.translations("note") == {}
    assert seen(chair, "fr", "note") == ""


def test_the_tenants_language_must_be_filled_where_a_text_is_required(shop: Env, chair: Product) -> None:
    for refuse in (
        lambda: shop[Product].create({"name": ""}),
        lambda: shop[Product].create({"code": "1"}),
        lambda: shop[Product].create({"name": {"pt": "Mesa"}}),
        lambda: chair.write(name=""),
        lambda: chair.set_translations("name", {"en": ""}),
    ):
        with pytest.raises(ValidationError, match="Name must be filled in"), shop.savepoint():
            refuse()
    with pytest.raises(ValidationError, match="Name must be filled in"), shop.savepoint():
        chair.name = ""
    assert seen(chair, "fr") == "Chair"


def test_all_languages_are_set_at_once_and_only_those_of_the_tenant(shop: Env, chair: Product) -> None:
    chair.set_translations("name", {"fr": "Chaise", "pt": ""})
    assert chair.translations("name") == {"en": "Chair", "fr": "Chaise"}
    with pytest.raises(ValidationError, match="no language that is used here"):
        chair.set_translations("name", {"xx": "?"})
    with pytest.raises(ValidationError, match="not translated"):
        chair.set_translations("code", {"en": "?"})
    with pytest.raises(ValidationError, match="not translated"):
        chair.translations("cost")
    with pytest.raises(ValidationError, match="NUL"):
        chair.set_translations("name", {"fr": "a\0b"})
    with pytest.raises(ValidationError, match="no language"):
        shop.with_language("Portuguese!")


def test_html_is_cleaned_in_every_language(shop: Env) -> None:
    page = shop[Product].create(
        {"name": "x", "page": {"en": "<b>a</b><script>1</script>", "fr": "<script>2</script>c"}}
    )
    assert page.translations("page") == {"en": "<b>a</b>", "fr": "c"}


def test_what_one_env_changes_the_others_see_at_once(shop: Env, chair: Product) -> None:
    french, portuguese = (shop.with_language(each)[Product].browse(chair.id) for each in ("fr", "pt"))
    assert (french.name, portuguese.name, portuguese.shout) == ("Chair", "Cadeira", "CADEIRA A1")
    chair.name = "Seat"
    assert (french.name, portuguese.name, french.shout) == ("Seat", "Cadeira", "SEAT A1")
    portuguese.name = "Assento"
    assert (chair.name, portuguese.shout, french.shout) == ("Seat", "ASSENTO A1", "SEAT A1")


def test_a_rolled_back_savepoint_brings_the_texts_back(shop: Env, chair: Product) -> None:
    french = shop.with_language("fr")[Product].browse(chair.id)
    with pytest.raises(ValueError, match="back"), shop.savepoint():
        french.name = "Chaise"
        assert french.name == "Chaise"
        raise ValueError("back")
    assert (french.name, chair.translations("name")) == ("Chair", {"en": "Chair", "pt": "Cadeira"})


def names(env: Env, domain: Domain = Domain.TRUE, order: str | None = None) -> list[str]:
    return env[Product].search(domain, order).mapped(Product.name)


def test_searching_uses_what_the_reader_sees(shop: Env, chair: Product) -> None:
    shop[Product].create([{"name": {"en": "Table", "pt": "Mesa"}, "note": "n"}, {"name": "Cad%"}])
    pt = shop.with_language("pt")
    assert names(pt, Product.name == "Cadeira") == ["Cadeira"]
    assert names(shop, Product.name == "Cadeira") == []
    assert names(pt, Product.name.ilike("CAD")) == ["Cad%", "Cadeira"]
    assert names(pt, Product.name.like("Cad%")) == ["Cad%"]
    assert names(pt, Product.name.starts_with("Me")) == ["Mesa"]
    assert names(pt, ~Product.name.ilike("cad")) == ["Mesa"]
    assert names(pt, Product.name.is_in(["Mesa", "Table"])) == ["Mesa"]
    assert names(pt, Product.name > "Cadz") == ["Mesa"]
    assert names(pt, Product.note == "") == ["Cad%", "Cadeira"]
    assert names(pt, Product.note != "") == ["Mesa"]
    assert pt[Product].count(Product.name == "Mesa") == 1


def test_order_groups_and_titles_use_what_the_reader_sees(shop: Env) -> None:
    kinds = shop[Kind].create([{"name": {"en": "Apple", "pt": "Maçã"}}, {"name": {"en": "Bread", "pt": "Alimento"}}])
    shop[Product].create([{"name": {"en": "A", "pt": "Z"}, "kind": kinds[0]}, {"name": "B", "kind": kinds[1]}])
    pt = shop.with_language("pt")
    assert names(shop) == ["A", "B"]
    assert names(pt) == ["B", "Z"]
    assert names(pt, order="kind desc") == ["Z", "B"]
    assert [row["name"] for row in pt[Product].group(by=["name"])] == ["B", "Z"]
    groups = pt[Product].group(by=["kind"])
    assert [row["kind"]["title"] for row in groups] == ["Alimento", "Maçã"]
    assert [row["kind.name"] for row in pt[Product].group(by=["kind.name"])] == ["Alimento", "Maçã"]
    rows = pt[Product].search_read(spec=["name", "kind"])
    assert [(row["name"], row["kind"]["title"]) for row in rows] == [("B", "Alimento"), ("Z", "Maçã")]
    assert pt[Kind].name_search("ali") == [(kinds[1].id, "Alimento")]
    assert pt[Kind].browse(kinds[0].id).display_title == "Maçã"
    assert names(pt, Product.kind.has(Kind.name == "Maçã")) == ["Z"]
    assert names(pt, Domain.term("kind", "ilike", "ALI")) == ["B"]
    assert names(pt, Domain.term("kind_name", "=", "Alimento")) == ["B"]


def test_python_and_sql_agree_on_filtered_and_sorted(shop: Env, chair: Product) -> None:
    shop[Product].create({"name": {"en": "Table", "pt": "Banca"}})
    every = shop.with_language("pt")[Product].search()
    assert every.filtered(Product.name.ilike("ban")).mapped(Product.name) == ["Banca"]
    assert every.sorted("name").mapped(Product.name) == ["Banca", "Cadeira"]
    assert every.sorted().mapped(Product.name) == ["Banca", "Cadeira"]


def test_the_trigram_index_serves_the_search_in_any_language(shop: Env) -> None:
    pt = shop.with_language("pt")
    odd = 'say "hi"\\ a\tb'
    shop[Product].create([{"name": f"n{n}"} for n in range(200)] + [{"name": {"en": "x", "pt": odd}}])
    assert names(pt, Product.name.ilike('"HI"\\ A\tb')) == [odd]
    assert names(shop, Product.name.ilike("hi")) == []
    shop.sql("ANALYZE shop.product")
    shop.sql("SET LOCAL enable_seqscan = off")
    statement = "EXPLAIN SELECT id FROM shop.product WHERE name::text ILIKE %s"
    assert "product_name_trgm" in str(shop.sql(statement, ("%hi%",)))


def test_a_stored_compute_reads_the_tenants_language_and_a_plain_one_the_readers(shop: Env, chair: Product) -> None:
    kind = shop[Kind].create({"name": {"en": "Furniture", "pt": "Móveis"}})
    pt = shop.with_language("pt")[Product].browse(chair.id)
    pt.kind = kind.id
    assert (pt.label, chair.label, pt.shout) == ("Furniture/Chair", "Furniture/Chair", "CADEIRA A1")
    shop.with_language("pt")[Kind].browse(kind.id).name = "Coisas"
    assert (pt.label, pt.kind_name, chair.kind_name) == ("Furniture/Chair", "Coisas", "Furniture")
    kind.name = "Things"
    shop.invalidate()
    assert (pt.label, pt.kind_name) == ("Things/Chair", "Coisas")


def test_a_copy_has_all_languages(shop: Env, chair: Product) -> None:
    copy = shop.with_language("fr")[Product].browse(chair.id).copy()
    shop.invalidate()
    assert copy.translations("name") == {"en": "Chair", "pt": "Cadeira"}


def test_a_draft_reads_and_writes_the_language_of_its_reader(shop: Env, chair: Product) -> None:
    shop.flush()
    draft = shop.with_language("pt")[Product].draft({"code": "d"}, chair.id)
    assert draft.name == "Cadeira"
    draft.name = "Banco"
    assert (draft.name, draft.shout, chair.name) == ("Banco", "BANCO A1", "Chair")
    new = shop.with_language("pt")[Product].draft({"name": "Novo"})
    assert new.name == "Novo"
    assert new.save().translations("name") == {"en": "Novo", "pt": "Novo"}


def test_many_records_are_read_and_written_in_a_few_statements(shop: Env, asked: Asked) -> None:
    made = shop[Product].create([{"name": {"en": f"n{n}", "pt": f"p{n}"}} for n in range(1000)])
    shop.invalidate()
    asked()
    pt = shop.with_language("pt")[Product].browse(made.ids)
    assert [record.name for record in pt][-1] == "p999"
    assert asked() == 1
    assert [record.name for record in made][-1] == "n999"
    assert asked() == 0
    shop.invalidate()
    pt.write(note="igual")
    shop.flush()
    assert asked() == 2
    shop.invalidate()
    for record in pt:
        record.name = f"novo {record.id}"
    shop.flush()
    assert asked() == 2
    assert len(pt.search_read(spec=["name", "note"])) == 1000
    assert asked() == 1


def test_an_equal_text_writes_nothing(shop: Env, chair: Product, asked: Asked) -> None:
    shop.flush()
    asked()
    chair.name = "Chair"
    shop.with_language("pt")[Product].browse(chair.id).write(name="Cadeira")
    shop.flush()
    assert asked() == 0


def test_a_page_is_searched_by_its_text_in_the_readers_language(shop: Env) -> None:
    page = shop[Product].create({"name": "x", "page": {"en": "a <b>bold</b> word", "pt": "uma <i>palavra</i>"}})
    assert shop[Product].search(Product.page.ilike("bold")) == page
    assert not shop[Product].search(Product.page.ilike("palavra"))
    pt = shop.with_language("pt")
    assert pt[Product].search(Product.page.ilike("PALAVRA")) == page
    assert page.filtered(Product.page.ilike("bold")) == page
    assert shop[Product].search(Product.page.ilike("a  bold")) == page  # a tag is a space
