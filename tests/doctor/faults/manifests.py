"""Faults in `manifest.toml`."""

from __future__ import annotations

from tests.doctor.faults.sound import SOUND, Fault, change, clean

FILE = "manifest.toml"
DEPENDS = 'depends = ["base", "web"]'
OTHER = """
    name = "{name}"
    title = "Other"
    version = "1.0.0"
    summary = "Another addon."
    license = "LGPL-3.0-or-later"
    tenon = ">=0.1"
    {more}
    """


def other(name: str, more: str = "") -> dict[str, str]:
    return {f"addons/{name}/manifest.toml": OTHER.format(name=name, more=more), f"addons/{name}/__init__.py": '"""."""'}


FAULTS = [
    change("manifest no TOML", "toml-invalid", FILE, 'version = "1.0.0"', 'version = "1.0.0'),
    change(
        "unknown key", "manifest-unknown-key", FILE, DEPENDS, DEPENDS + '\ndepend = ["base"]', "depend =", '"depends"'
    ),
    Fault(
        "missing summary",
        "manifest-missing-key",
        FILE,
        'name = "perk"',
        changes={FILE: clean(SOUND[FILE]).replace('summary = "Points for faithful customers."\n', "")},
    ),
    Fault(
        "missing licence",
        "manifest-missing-key",
        FILE,
        'name = "perk"',
        changes={FILE: clean(SOUND[FILE]).replace('license = "LGPL-3.0-or-later"\n', "")},
    ),
    change("empty title", "manifest-empty-value", FILE, 'title = "Perks"', 'title = ""'),
    change("title a number", "manifest-wrong-type", FILE, 'title = "Perks"', "title = 5"),
    change("depends a text", "manifest-wrong-type", FILE, DEPENDS, DEPENDS + '\nbridges = "crm"', "bridges"),
    change("bad version", "manifest-bad-version", FILE, 'version = "1.0.0"', 'version = "one"'),
    change("bad range", "manifest-bad-range", FILE, 'tenon = ">=0.1,<2"', 'tenon = "1.x"'),
    change("another Tenon", "manifest-wrong-tenon", FILE, 'tenon = ">=0.1,<2"', 'tenon = ">=9"'),
    change("bad requirement", "manifest-bad-requirement", FILE, DEPENDS, 'depends = ["base", "web", "crm >>1"]'),
    change(
        "unknown dependency",
        "manifest-unknown-dependency",
        FILE,
        DEPENDS,
        'depends = ["base", "web", "bookng"]',
        near='"booking"',
    ),
    change("dependency too old", "manifest-wrong-version", FILE, DEPENDS, 'depends = ["base >=9", "web"]'),
    change("depends on itself", "manifest-depends-on-itself", FILE, DEPENDS, 'depends = ["base", "web", "perk"]'),
    change("named twice", "manifest-named-twice", FILE, DEPENDS, 'depends = ["base", "web"]\nafter = ["web"]', "after"),
    change(
        "one bridge", "manifest-one-bridge", FILE, DEPENDS, 'depends = ["base", "web"]\nbridges = ["sync"]', "bridges"
    ),
    change(
        "misspelt after",
        "manifest-unknown-after",
        FILE,
        DEPENDS,
        DEPENDS + '\nafter = ["boking"]',
        "after",
        '"booking"',
    ),
    change("name of another", "manifest-name-not-folder", FILE, 'name = "perk"', 'name = "perks"'),
    change("bad name", "manifest-bad-name", FILE, 'name = "perk"', 'name = "Perk"'),
    change("reserved name", "manifest-reserved-name", FILE, 'name = "perk"', 'name = "public"'),
    change(
        "distribution absent",
        "manifest-missing-distribution",
        FILE,
        DEPENDS,
        DEPENDS + '\npython = ["no-such-dist-here >=1"]',
        "python",
    ),
    change(
        "no description",
        "manifest-missing-description",
        FILE,
        'description = "Customers collect points and get perks for them."\n',
        "",
        'name = "perk"',
    ),
    change(
        "waives what there is not",
        "manifest-unknown-check",
        FILE,
        DEPENDS,
        DEPENDS + '\n[waived]\nfile-missing-test = "none"',
        "file-missing-test",
        '"file-missing-tests"',
    ),
    Fault(
        "circle",
        "manifest-cycle",
        FILE,
        "depends",
        changes={FILE: (DEPENDS, 'depends = ["base", "web", "ring"]')},
        beside=other("ring", 'depends = ["perk"]'),
    ),
    Fault(
        "broken dependency",
        "manifest-broken-dependency",
        FILE,
        "depends",
        changes={FILE: (DEPENDS, 'depends = ["base", "web", "ring"]')},
        beside=other("ring", 'sumary = "x"'),
    ),
    Fault(
        "two of one name",
        "manifest-duplicate-addon",
        FILE,
        beside={f"second/addons/perk/{path}": text for path, text in SOUND.items() if path in (FILE, "__init__.py")},
    ),
]
