"""Second factors of staff (allauth.mfa): their secrets are stored encrypted."""

from allauth.mfa.adapter import DefaultMFAAdapter

from . import phone


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Seeds of authenticator applications and of recovery codes, under the key of the numbers."""

    def encrypt(self, text: str) -> str:
        return phone.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return phone.decrypt(encrypted_text)
