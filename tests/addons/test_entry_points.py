"""Addons that installed distributions name: what is broken about one is a fault of the addon, never a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.addons import Library
from kernel.errors import ManifestError
from tests.addons.toys import write_addon


def distribution(place: Path, title: str, entry: str) -> None:
    """What pip leaves of an installed distribution."""
    folder = place / f"{title}-1.0.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {title}\nVersion: 1.0\n")
    (folder / "entry_points.txt").write_text(f"[tenon.addons]\n{entry}\n")


@pytest.fixture
def site(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that distributions are installed in."""
    del root
    place = tmp_path / "site"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))
    return place


def test_an_addon_of_a_distribution_is_found_and_loaded(site: Path, library: Library) -> None:
    write_addon(site, "shipped")
    distribution(site, "tenon-shipped", "shipped = addons.shipped")
    assert library.manifest("shipped").path == site / "addons" / "shipped"
    assert library.assembly(["shipped"]).names == ("shipped",)


def test_an_addon_in_two_places_names_both(site: Path, root: Path, library: Library) -> None:
    write_addon(site, "shipped")
    write_addon(root, "shipped")
    distribution(site, "tenon-shipped", "shipped = addons.shipped")
    with pytest.raises(ManifestError) as caught:
        library.manifest("shipped")
    assert str(site / "addons/shipped") in str(caught.value)
    assert str(root / "addons/shipped") in str(caught.value)


def test_two_distributions_of_one_addon_are_both_named(site: Path, library: Library) -> None:
    write_addon(site, "shipped")
    distribution(site, "tenon-shipped", "shipped = addons.shipped")
    distribution(site, "shipped-again", "shipped = addons.shipped")
    with pytest.raises(ManifestError, match=r"two distributions bring this addon") as caught:
        library.manifest("shipped")
    assert '"tenon-shipped 1.0"' in str(caught.value)
    assert '"shipped-again 1.0"' in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("gone = addons.gone", "addons.gone is not there, or has no manifest.toml"),
        ("gone = gone", '"gone = gone" is to be written as "gone = addons.gone"'),
        ("gone = addons.other", 'is to be written as "gone = addons.gone"'),
        ("gone = os.path:join", 'is to be written as "gone = addons.gone"'),
    ],
)
def test_a_broken_entry_point_is_a_fault_of_its_addon(site: Path, library: Library, entry: str, told: str) -> None:
    write_addon(site, "healthy")
    distribution(site, "tenon-healthy", "healthy = addons.healthy")
    distribution(site, "broken", entry)
    catalog = library.available()
    assert "healthy" in catalog.manifests
    (fault,) = catalog.faults["gone"]
    assert (fault.path, fault.rule) == ("broken 1.0", "manifest-entry-point")
    assert told in fault.text
