"""The register: guests, their visits, what they said, what we promised them."""

from customers.models.care import (
    HealthNeed,
    PolicyStep,
    PolicyTick,
    Preference,
    PreferenceKind,
    Promise,
)
from customers.models.channels import Channel, Purpose
from customers.models.consent import (
    Agreement,
    ConsentEvent,
    ConsentWording,
    Suppression,
)
from customers.models.duplicates import DuplicatePair, DuplicateRules, MatchKeys
from customers.models.guests import Company, ContactPoint, Guest, Household, known
from customers.models.imports import (
    Import,
    ImportChange,
    ImportMapping,
    ImportProblem,
    StagedGuest,
    StagedVisit,
)
from customers.models.merging import Merge, MergedRow
from customers.models.profile import CustomField, GuestTag, Note, NoteVersion, Tag
from customers.models.quality import (
    AskingRules,
    DetailsLink,
    EmailChange,
    Fact,
    FactCheck,
    RegisterCount,
)
from customers.models.search import NEVER, NameWord, SearchLine
from customers.models.segments import Segment
from customers.models.sign_up import OFFERED, SignUp, SignUpPage
from customers.models.visits import GuestSummary, LinePair, NextVisit, Visit, VisitLine

__all__ = [
    "NEVER",
    "OFFERED",
    "Agreement",
    "AskingRules",
    "Channel",
    "Company",
    "ConsentEvent",
    "ConsentWording",
    "ContactPoint",
    "CustomField",
    "DetailsLink",
    "DuplicatePair",
    "DuplicateRules",
    "EmailChange",
    "Fact",
    "FactCheck",
    "Guest",
    "GuestSummary",
    "GuestTag",
    "HealthNeed",
    "Household",
    "Import",
    "ImportChange",
    "ImportMapping",
    "ImportProblem",
    "LinePair",
    "MatchKeys",
    "Merge",
    "MergedRow",
    "NameWord",
    "NextVisit",
    "Note",
    "NoteVersion",
    "PolicyStep",
    "PolicyTick",
    "Preference",
    "PreferenceKind",
    "Promise",
    "Purpose",
    "RegisterCount",
    "SearchLine",
    "Segment",
    "SignUp",
    "SignUpPage",
    "StagedGuest",
    "StagedVisit",
    "Suppression",
    "Tag",
    "Visit",
    "VisitLine",
    "known",
]
