"""Identifiers that outsiders see: short, random, safe in addresses, unambiguous when read aloud."""

import secrets

# No 0/o, 1/l/i, u: ids are sometimes dictated over the telephone.
ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"
ID_LENGTH = 12
ID_PATTERN = r"^[23456789abcdefghjkmnpqrstvwxyz]{12}$"


def new_id() -> str:
    """A fresh 12-character id (about 59 bits of randomness)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ID_LENGTH))
