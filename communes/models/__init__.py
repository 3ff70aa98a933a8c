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
from .link import SignInLink
from .office import Office, OfficeKind
from .person import Person
from .role import Role, RoleName

__all__ = [
    "Arrondissement",
    "Commune",
    "Document",
    "DocumentKind",
    "DocumentLanguage",
    "DocumentVersion",
    "Licence",
    "Office",
    "OfficeKind",
    "Person",
    "Population",
    "Role",
    "RoleName",
    "SignInLink",
    "TextState",
    "Upload",
]
