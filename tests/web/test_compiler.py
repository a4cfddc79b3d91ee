"""View files: what is right comes out in one form, what is wrong is told with file and line, all at once."""

from __future__ import annotations

import pytest

from kernel.errors import MissingError
from tests.web.toys import FORM, Files, names


def test_every_field_of_a_form_becomes_a_table_with_its_name(files: Files) -> None:
    view = files.write("toy", FORM).form()
    assert view["section"][0]["fields"] == [{"name": "amount"}, {"name": "city", "widget": "email"}]
    assert view["tab"][0]["fields"][0]["columns"] == [{"name": "product"}, {"name": "quantity", "sum": True}]


def test_an_unknown_field_is_told_with_file_line_and_the_nearest_name(files: Files) -> None:
    files.write("toy", FORM.replace('"amount"', '"amout"'))
    assert files.fault() == (
        'addons/toy/views/views.toml:10 form.toy.deal: no field "amout" on toy.deal. Did you mean "amount"?'
    )


def test_a_column_of_lines_is_looked_for_on_the_lines(files: Files) -> None:
    files.write("toy", FORM.replace('"product"', '"city"'))
    assert 'views.toml:15 form.toy.deal: no field "city" on toy.line' in files.fault()


def test_all_faults_of_all_files_are_told_at_once(files: Files) -> None:
    files.write("toy", FORM.replace('"amount"', '"amout"').replace('"win"', '"wn"'))
    files.write("toy", '[list."toy.deel"]\ncolumns = ["name"]\n', "zlist.toml")
    faults = files.faults()
    assert len(faults) == 3
    assert any('no method "wn" on toy.deal' in fault for fault in faults)
    assert any('no model "toy.deel" is installed. Did you mean "toy.deal"?' in fault for fault in faults)


def test_an_unknown_key_is_told_with_the_nearest_one(files: Files) -> None:
    files.write("toy", '[list."toy.deal"]\ncolums = ["name"]\n')
    faults = files.faults()
    assert 'views.toml:2 list.toy.deal: no key "colums" here. Did you mean "columns"?' in faults[0]
    assert '"columns" is missing' in faults[1]


@pytest.mark.parametrize(
    ("domain", "text"),
    [
        ('[["amout", ">", 1]]', "amout"),
        ('[["amount", "~", 1]]', "~"),
        ('[["closes", "<", { "$" = "tomorrow" }]]', "tomorrow"),
        ('["amount"]', "Not a domain"),
    ],
)
def test_a_wrong_condition_is_told(files: Files, domain: str, text: str) -> None:
    files.write("toy", f'[list."toy.deal"]\ncolumns = ["name"]\ndecorate = {{ danger = {domain} }}\n')
    assert text in files.fault()


def test_a_condition_may_ask_for_what_only_the_client_knows_but_a_filter_may_not(files: Files) -> None:
    columns = '[list."toy.deal"]\ncolumns = ["name"]\n'
    files.write("toy", columns + 'decorate = { danger = [["late", "=", true], ["closes", "!=", ""]] }\n')
    assert files.compile().views["list.toy.deal"]["decorate"]["danger"][0] == ["late", "=", True]
    files.write("toy", columns + 'decorate = { danger = [["late", "=", true], ["close", "=", ""]] }\n')
    assert 'no field "close" on toy.deal' in files.fault()
    action = '[action."toy.late"]\ntitle = "Late"\nmodel = "toy.deal"\nviews = ["list"]\n'
    files.write("toy", action + 'domain = [["late", "=", true]]\n')
    assert "it cannot be searched" in files.fault()


def test_toml_that_cannot_be_read_is_told_with_its_line(files: Files) -> None:
    files.write("toy", '[list."toy.deal"]\ncolumns = ["name"\norder = 1\n')
    assert files.fault().startswith("addons/toy/views/views.toml:")


def test_a_view_declared_twice_names_both_files(files: Files) -> None:
    files.write("toy", '[list."toy.deal"]\ncolumns = ["name"]\n')
    files.write("more", '\n[list."toy.deal"]\ncolumns = ["name"]\n')
    fault = files.fault()
    assert "addons/more/views/views.toml:2" in fault
    assert "addons/toy/views/views.toml:1" in fault


BOARD = '[board."toy.deal"]\ngroup = "{group}"\nfold = "{fold}"\ncard = {{ title = "name", chips = ["city"] }}\n'


def test_a_board_folds_by_a_boolean_of_its_columns_model(files: Files) -> None:
    files.write("toy", BOARD.format(group="stage", fold="folded"))
    assert files.compile().views["board.toy.deal"]["fold"] == "folded"
    files.write("toy", BOARD.format(group="stage", fold="name"))
    assert '"name" is a char field; boolean is expected' in files.fault()
    files.write("toy", BOARD.format(group="amount", fold="folded"))
    assert any('"amount" is a decimal field; many2one or selection is expected' in f for f in files.faults())


def test_a_model_without_views_has_plain_ones(files: Files) -> None:
    catalog = files.write("toy", FORM).compile()
    found = catalog.view("list", "toy.deal")
    assert found is not None
    assert found["columns"][0] == {"name": "name"}
    form = catalog.view("form", "toy.line")
    assert form is not None
    assert names(form["section"][0]) == ["deal", "quantity"]
    assert catalog.view("board", "toy.deal") is None


def test_an_unknown_type_of_view_is_told(files: Files) -> None:
    catalog = files.write("toy", FORM).compile()
    with pytest.raises(MissingError, match='Did you mean "form"'):
        catalog.view("from", "toy.deal")


def test_a_variant_is_used_where_it_is_asked_for(files: Files) -> None:
    files.write("toy", FORM + '\n    [form."toy.deal:quick"]\n    title = "name"\n')
    catalog = files.compile()
    assert "section" not in (catalog.view("form", "toy.deal", "quick") or {})
    assert "section" in (catalog.view("form", "toy.deal", "unknown") or {})


class TestMenusAndActions:
    ACTION = '[action."toy.deals"]\ntitle = "Deals"\nmodel = "toy.deal"\nviews = ["list", "form"]\n'

    def test_a_menu_needs_a_parent_and_an_action_that_exist(self, files: Files) -> None:
        files.write("toy", '[menu."toy.a"]\ntitle = "A"\nparent = "toy"\naction = "toy.deels"\n' + self.ACTION)
        first, second = files.faults()
        assert 'views.toml:3 menu.toy.a: no menu "toy"' in first
        assert 'no action "toy.deels". Did you mean "toy.deals"?' in second

    def test_menus_in_a_circle_are_refused(self, files: Files) -> None:
        files.write(
            "toy",
            '[menu."toy.a"]\ntitle = "A"\nparent = "toy.b"\n[menu."toy.b"]\ntitle = "B"\nparent = "toy.a"\n',
        )
        assert "is below itself: toy.a > toy.b > toy.a" in files.faults()[0]

    def test_an_action_names_filters_that_exist(self, files: Files) -> None:
        files.write("toy", self.ACTION + 'filters = ["opn"]\n')
        assert 'no filter "opn" in search.toy.deal' in files.fault()

    def test_an_action_with_a_board_needs_one(self, files: Files) -> None:
        files.write("toy", self.ACTION.replace('"list"', '"board"'))
        assert "no board is declared for toy.deal" in files.fault()

    def test_a_group_that_nobody_declares_is_told(self, files: Files) -> None:
        files.write("toy", self.ACTION + 'groups = ["toy.manger"]\n')
        assert 'views.toml:5 action.toy.deals: no group "toy.manger". Did you mean "toy.manager"?' in files.fault()

    def test_names_begin_with_an_addon(self, files: Files) -> None:
        files.write("toy", self.ACTION.replace("toy.deals", "deals"))
        assert 'named "toy" or "toy.<name>"' in files.fault()
