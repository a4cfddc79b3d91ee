"""Models of base."""

from addons.base.models.access import Access, Rule
from addons.base.models.change import Change
from addons.base.models.company import Company, CompanyScoped
from addons.base.models.currency import Currency
from addons.base.models.custom import CustomKind, CustomRecord, ExtraFieldRow
from addons.base.models.group import Group
from addons.base.models.language import Language
from addons.base.models.preference import Preference, Setting
from addons.base.models.sequence import Counter, Sequence
from addons.base.models.user import User

__all__ = [
    "Access",
    "Change",
    "Company",
    "CompanyScoped",
    "Counter",
    "Currency",
    "CustomKind",
    "CustomRecord",
    "ExtraFieldRow",
    "Group",
    "Language",
    "Preference",
    "Rule",
    "Sequence",
    "Setting",
    "User",
]
