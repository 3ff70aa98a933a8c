"""The municipality: communes, the people who belong to them, their roles and offices."""

from .commune import Commune
from .link import SignInLink
from .office import Office, OfficeKind
from .person import Person
from .role import Role, RoleName

__all__ = ["Commune", "Office", "OfficeKind", "Person", "Role", "RoleName", "SignInLink"]
