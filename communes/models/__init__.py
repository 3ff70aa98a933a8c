"""The municipality: communes, the people who belong to them, their roles and offices."""

from .arrondissement import Arrondissement
from .commune import Commune, Population
from .document import (
    Document,
    DocumentKind,
    DocumentLanguage,
    DocumentVersion,
    Licence,
    TextState,
    Upload,
)
from .engagement import Engagement
from .link import SignInLink
from .office import Office, OfficeKind
from .person import Person
from .practice import GoodPractice, PracticeTheme, PracticeTrial, TrialState
from .role import Role, RoleName

__all__ = [
    "Arrondissement",
    "Commune",
    "Document",
    "DocumentKind",
    "DocumentLanguage",
    "DocumentVersion",
    "Engagement",
    "GoodPractice",
    "Licence",
    "Office",
    "OfficeKind",
    "Person",
    "Population",
    "PracticeTheme",
    "PracticeTrial",
    "Role",
    "RoleName",
    "SignInLink",
    "TextState",
    "TrialState",
    "Upload",
]
