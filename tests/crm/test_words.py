"""The words that a company sells with are there once: teams, tags, sources, reasons; and the phones of contacts."""

from __future__ import annotations

import pytest

from addons.crm.models import Contact, ContactPhone
from kernel.errors import ValidationError
from kernel.orm import Env


@pytest.mark.parametrize("model", ["crm.team", "crm.tag", "crm.source", "crm.lost_reason"])
def test_a_word_is_there_once(env: Env, model: str) -> None:
    env.model(model).create({"name": "Of its own"})
    with pytest.raises(ValidationError, match="with this name already"):
        env.model(model).create({"name": "Of its own"})
        env.flush()


def test_a_phone_is_compared_without_its_punctuation_and_is_there_once(env: Env) -> None:
    contact = env[Contact].create({"name": "Ada", "phone": "+44 20 7946-0000"})
    assert contact.phones.mapped(ContactPhone.normalised) == ["+442079460000"]
    with pytest.raises(ValidationError, match="has this phone already"):
        env[ContactPhone].create({"contact": contact, "number": "+44 (20) 79460000"})
        env.flush()
