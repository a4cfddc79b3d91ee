"""The graph: a deterministic load order; gaps, versions and cycles shown as a path."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.version import Version

from kernel.addons.discovery.catalog import search
from kernel.addons.discovery.graph import load_order, missing_requirements, resolve, suggested_bridges
from kernel.addons.discovery.manifest import Manifest
from kernel.errors import GraphError
from tests.addons.toys import write_addon


def manifests(root: Path, needs: dict[str, str], versions: dict[str, str] | None = None) -> dict[str, Manifest]:
    for name, more in needs.items():
        write_addon(root, name, more=more, version=(versions or {}).get(name, "1.0.0"))
    catalog = search([root])
    assert not catalog.faults
    return dict(catalog.manifests)


def test_the_load_order_is_by_depth_then_by_name(root: Path) -> None:
    found = manifests(
        root,
        {
            "zeta": "",
            "alpha": 'depends = ["zeta"]',
            "crm": 'depends = ["base"]',
            "base": "",
            "bridge": 'depends = ["base"]\nbridges = ["crm", "alpha"]',
        },
    )
    assert load_order(found) == ("base", "zeta", "alpha", "crm", "bridge")


def test_after_counts_only_where_the_other_is_present(root: Path) -> None:
    found = manifests(root, {"a": 'after = ["b"]', "b": ""})
    assert resolve(found, ["a"]) == ("a",)
    assert resolve(found, ["a", "b"]) == ("b", "a")


def test_needs_come_along(root: Path) -> None:
    found = manifests(root, {"a": 'depends = ["b"]', "b": 'depends = ["c"]', "c": "", "d": ""})
    assert resolve(found, ["a"]) == ("c", "b", "a")


def test_a_cycle_is_shown_as_a_path(root: Path) -> None:
    found = manifests(
        root, {"a": 'depends = ["b"]', "b": 'depends = ["c"]', "c": 'after = ["a"]', "d": 'depends = ["a"]'}
    )
    with pytest.raises(GraphError, match="in a circle: a -> b -> c -> a"):
        resolve(found, ["d"])


def test_a_gap_is_shown_as_a_path_with_file_and_line(root: Path) -> None:
    found = manifests(root, {"a": 'depends = ["b"]', "b": 'depends = ["booking", "crn"]', "booking": "", "crm": ""})
    with pytest.raises(GraphError) as caught:
        resolve(found, ["a"])
    assert 'addons/b/manifest.toml:8 depends: no addon "crn". Did you mean "crm"?' in str(caught.value)
    assert "Needed by: a -> b -> crn" in str(caught.value)


def test_versions_are_checked(root: Path) -> None:
    found = manifests(root, {"a": 'depends = ["b >=2,<3"]', "b": ""}, {"b": "1.4.0"})
    with pytest.raises(GraphError, match=r"but b is 1\.4\.0\. Needed by: a -> b"):
        resolve(found, ["a"])


def test_the_version_of_tenon_is_checked(root: Path) -> None:
    found = manifests(root, {"a": ""})
    assert resolve(found, ["a"], tenon=Version("0.2")) == ("a",)
    with pytest.raises(GraphError, match=r"needs Tenon >=0.1, this is Tenon 0.0.9"):
        resolve(found, ["a"], tenon=Version("0.0.9"))


def test_an_unknown_addon_is_answered_with_the_nearest_name(root: Path) -> None:
    with pytest.raises(GraphError, match=r'There is no addon "booking2"\. Did you mean "booking"\?'):
        resolve(manifests(root, {"booking": ""}), ["booking2"])


def test_a_bridge_is_suggested_when_all_its_ends_are_there(root: Path) -> None:
    found = manifests(root, {"crm": "", "booking": "", "both": 'bridges = ["crm", "booking"]'})
    assert suggested_bridges(found, ["crm"]) == ()
    assert suggested_bridges(found, ["crm", "booking"]) == ("both",)
    assert suggested_bridges(found, ["crm", "booking", "both"]) == ()


def test_a_bridge_is_suggested_before_what_it_is_built_on_is_installed(root: Path) -> None:
    both = 'bridges = ["crm", "booking"]\ndepends = ["engine"]'
    found = manifests(root, {"crm": "", "booking": "", "engine": "", "both": both})
    assert suggested_bridges(found, ["crm", "booking"]) == ("both",)
    del found["engine"]
    assert suggested_bridges(found, ["crm", "booking"]) == ()


def test_missing_python_distributions_are_told_with_the_way_to_get_them(root: Path) -> None:
    found = manifests(root, {"a": 'python = ["pytest", "pytest >=9999", "no-such-thing >=1; python_version > \'3\'"]'})
    texts = [str(fault) for fault in missing_requirements(found.values())]
    assert len(texts) == 2
    assert '"pytest>=9999" is needed' in texts[0]
    assert "pip install" in texts[1]
