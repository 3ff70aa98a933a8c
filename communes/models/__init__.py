"""The municipality: communes, the people who belong to them, their roles and offices."""

from .arrondissement import Arrondissement
from .commune import Commune, Population
from .document import (
    Document,
    DocumentKind,
    DocumentVersion,
    Licence,
    TextState,
    Upload,
)
from .engagement import Engagement
from .language import Language
from .link import SignInLink
from .office import Office, OfficeKind
from .person import Person
from .practice import GoodPractice, PracticeTheme, PracticeTrial, TrialState
from .revision import Revision, RevisionKind, RevisionOf
from .role import Role, RoleName

__all__ = [
    "Arrondissement",
    "Commune",
    "Document",
    "DocumentKind",
    "DocumentVersion",
    "Engagement",
    "GoodPractice",
    "Language",
    "Licence",
    "Office",
    "OfficeKind",
    "Person",
    "Population",
    "PracticeTheme",
    "PracticeTrial",
    "Revision",
    "RevisionKind",
    "RevisionOf",
    "Role",
    "RoleName",
    "SignInLink",
    "TextState",
    "TrialState",
    "Upload",
]
