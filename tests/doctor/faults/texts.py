"""Templates and translations that cannot be read."""

from __future__ import annotations

from tests.doctor.faults.sound import Fault, change

PO, CARD = "i18n/fr.po", "templates/card.html"

FAULTS = [
    change(
        "template of bad syntax",
        "template-syntax",
        CARD,
        '{{ _("Welcome") }}',
        '{{ _("Welcome" }}',
        '{{ _("Welcome" }}',
    ),
    change("template with an unknown tag", "template-syntax", CARD, '{{ _("Welcome") }}', "{% blok %}", "{% blok %}"),
    change(
        "template over none",
        "template-unknown",
        CARD,
        '{% extends "perk/frame.html" %}',
        '{% extends "perk/fram.html" %}',
        near='"perk/frame.html"',
    ),
    change(
        "template includes none",
        "template-unknown",
        CARD,
        '{{ _("Welcome") }}',
        '{% include "perk/foot.html" %}',
        "perk/foot.html",
    ),
    change(
        "translation of another value",
        "translation-wrong-value",
        PO,
        '"{n} points de fidélité"',
        '"{m} points de fidélité"',
        'msgid "{n}',
        '"m"',
    ),
    change(
        "translation without its value",
        "translation-wrong-value",
        PO,
        '"{n} points de fidélité"',
        '"points de fidélité"',
        'msgid "{n}',
        '"n"',
    ),
    change(
        "catalog that is none", "translation-syntax", PO, 'msgstr "{n} points de fidélité"', "mgstr {n} points", "mgstr"
    ),
    Fault(
        "language that is none",
        "translation-syntax",
        "i18n/xx_yy.po",
        changes={"i18n/xx_yy.po": 'msgid ""\nmsgstr ""\n'},
    ),
]
