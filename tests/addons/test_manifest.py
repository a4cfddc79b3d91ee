"""The manifest: everything wrong with it is said at once, with file and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.addons.discovery.catalog import search
from kernel.addons.discovery.manifest import read_manifest
from kernel.errors import ManifestError
from tests.addons.toys import write_addon


def faults(root: Path, text: str, name: str = "shop") -> list[str]:
    folder = write_addon(root, name)
    (folder / "manifest.toml").write_text(text)
    return [str(fault) for fault in read_manifest(folder)[1]]


def test_a_manifest_is_read(root: Path) -> None:
    folder = write_addon(root, "shop", more='depends = ["base", "crm >=1.2,<2"]\nafter = ["web"]\nicon = "cart"')
    manifest, found = read_manifest(folder)
    assert not found
    assert manifest is not None
    assert (manifest.name, str(manifest.version), manifest.icon) == ("shop", "1.0.0", "cart")
    assert [need.name for need in manifest.depends] == ["base", "crm"]
    assert str(manifest.depends[1].versions) in (">=1.2,<2", "<2,>=1.2")


def test_all_faults_are_told_at_once_with_their_lines(root: Path) -> None:
    text = (
        'name = "shopp"\n'
        "title = 7\n"
        'version = "one"\n'
        'sumary = "x"\n'
        'license = "MIT"\n'
        'tenon = "at least 1"\n'
        "depends = [\n"
        '  "base",\n'
        '  "crm >== 2",\n'
        '  "shop",\n'
        '  "base",\n'
        "]\n"
    )
    assert faults(root, text) == [
        'addons/shop/manifest.toml:4 sumary: no such key. Did you mean "summary"?',
        "addons/shop/manifest.toml:1 summary: is missing",
        "addons/shop/manifest.toml:2 title: must be a text, not 7",
        'addons/shop/manifest.toml:1 name: "shopp" is not the name of its folder, "shop"',
        'addons/shop/manifest.toml:9 depends: "crm >== 2" cannot be understood; write "crm" or "crm >=1.2,<2"',
        "addons/shop/manifest.toml:10 depends: names the addon itself",
        'addons/shop/manifest.toml:8 depends: "base" is named twice',
        'addons/shop/manifest.toml:3 version: "one" is no version; write three numbers, like "1.2.0"',
        'addons/shop/manifest.toml:6 tenon: "at least 1" is no range of versions; write one like ">=1.0,<2"',
    ]


def test_a_syntax_fault_has_its_line(root: Path) -> None:
    assert faults(root, 'name = "shop"\ntitle = "Shop\nversion = "1.0.0"\n') == [
        "addons/shop/manifest.toml:2 is no valid TOML: Illegal character '\\n'"
    ]


def test_a_manifest_that_is_no_utf8_is_a_fault(root: Path) -> None:
    folder = write_addon(root, "shop")
    (folder / "manifest.toml").write_bytes(b'name = "sh\xffp"')
    manifest, found = read_manifest(folder)
    assert manifest is None
    assert "cannot be read" in str(found[0])


@pytest.mark.parametrize("name", ["tenon", "public", "control"])
def test_names_of_the_kernel_are_reserved(root: Path, name: str) -> None:
    manifest, found = read_manifest(write_addon(root, name))
    assert manifest is None
    assert "is reserved" in str(found[0])


def test_two_addons_of_one_name_are_an_error_that_names_both_places(root: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write_addon(root, "shop")
    write_addon(other, "shop")
    catalog = search([root, other])
    with pytest.raises(ManifestError) as caught:
        catalog.manifest("shop")
    assert str(root / "addons" / "shop") in str(caught.value)
    assert str(other / "addons" / "shop") in str(caught.value)


def test_the_same_folder_twice_on_the_path_is_one_addon(root: Path) -> None:
    write_addon(root, "shop")
    assert not search([root, root]).faults


def test_an_unknown_addon_is_answered_with_the_nearest_name(root: Path) -> None:
    write_addon(root, "booking")
    said = r'There is no addon "bookng"\. Did you mean "booking"\?'
    with pytest.raises(ManifestError, match=said) as caught:
        search([root]).manifest("bookng")
    assert caught.value.hint


def test_a_broken_addon_does_not_hide_the_others(root: Path) -> None:
    write_addon(root, "good")
    write_addon(root, "bad", version="x")
    catalog = search([root])
    assert list(catalog.manifests) == ["good"]
    assert list(catalog.faults) == ["bad"]
