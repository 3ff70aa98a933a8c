"""What the environment says, read once, the same for web, media, worker and commands.

No Django here: the media process reads it too. Secrets that are not given are made on first use
and kept in `DATA_DIR/secrets.json` (mode 0600), so that one machine needs no configuration.
"""

import contextlib
import json
import os
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "")
    return default if value == "" else value.lower() in {"1", "true", "yes", "on"}


def _items(name: str, default: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


@dataclass(frozen=True)
class Environment:
    """Settings from environment variables; `docs/operations.md` explains each."""

    data_dir: Path = field(
        default_factory=lambda: Path(os.environ.get("DATA_DIR", BASE_DIR / "var")).resolve()
    )
    #: Where web and media listen.
    host: str = field(default_factory=lambda: os.environ.get("HOST", "127.0.0.1"))
    port: int = field(default_factory=lambda: int(os.environ.get("PORT", "8000")))
    media_port: int = field(default_factory=lambda: int(os.environ.get("MEDIA_PORT", "8001")))
    #: What a media process is called, where several share `MEDIA_DIR`.
    media_name: str = field(default_factory=lambda: os.environ.get("MEDIA_NAME") or "media")
    debug: bool = field(default_factory=lambda: _flag("DEBUG", False))
    #: Demonstration: sign-in codes are shown on screen, a simulated hearing is live.
    demo: bool = field(default_factory=lambda: _flag("DEMO", False))
    database_url: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", ""))
    redis_url: str = field(default_factory=lambda: os.environ.get("REDIS_URL", ""))
    #: ICE servers offered to publishers, as JSON: [{"urls": "turn:…", "username": "…", …}].
    ice_servers: str = field(default_factory=lambda: os.environ.get("ICE_SERVERS", "[]"))
    #: Addresses that media announces to publishers, where it is behind a NAT.
    media_public_ips: list[str] = field(default_factory=lambda: _items("MEDIA_PUBLIC_IPS", ""))
    #: UDP ports that media may use, "low-high"; empty: whatever the system gives.
    media_udp_ports: str = field(default_factory=lambda: os.environ.get("MEDIA_UDP_PORTS", ""))
    #: Whether smaller pictures are made (`config.media_ladder`).
    media_ladder: bool = field(default_factory=lambda: _flag("MEDIA_LADDER", True))
    #: What the machine can send, Mbit/s; 0: as much as is asked for.
    media_uplink_mbit: float = field(
        default_factory=lambda: float(os.environ.get("MEDIA_UPLINK_MBIT") or 0)
    )
    #: The gateway for text messages (communes.identity.sms.HttpBackend); empty: none.
    sms_url: str = field(default_factory=lambda: os.environ.get("SMS_URL", ""))
    sms_sender: str = field(default_factory=lambda: os.environ.get("SMS_SENDER", "Palabre"))
    #: The JSON it wants; the strings {to}, {text} and {sender} are replaced.
    sms_body: str = field(
        default_factory=lambda: os.environ.get(
            "SMS_BODY", '{"to": "{to}", "from": "{sender}", "text": "{text}"}'
        )
    )
    #: The whole Authorization header that it wants.
    sms_authorization: str = field(default_factory=lambda: os.environ.get("SMS_AUTHORIZATION", ""))
    #: The mail server; empty: mail is printed where the server runs.
    email_host: str = field(default_factory=lambda: os.environ.get("EMAIL_HOST", ""))
    email_port: int = field(default_factory=lambda: int(os.environ.get("EMAIL_PORT", "587")))
    email_user: str = field(default_factory=lambda: os.environ.get("EMAIL_USER", ""))
    email_password: str = field(default_factory=lambda: os.environ.get("EMAIL_PASSWORD", ""))
    #: "starttls", "tls" or "none".
    email_security: str = field(
        default_factory=lambda: os.environ.get("EMAIL_SECURITY", "starttls")
    )
    email_from: str = field(
        default_factory=lambda: os.environ.get("EMAIL_FROM", "Palabre <palabre@localhost>")
    )

    #: The largest document that a town hall may publish, in MB.
    document_max_mb: int = field(
        default_factory=lambda: int(os.environ.get("DOCUMENT_MAX_MB", "100"))
    )

    #: Recordings are deleted so many months after their sitting; 0: never.
    recordings_keep_months: int = field(
        default_factory=lambda: max(0, int(os.environ.get("RECORDINGS_KEEP_MONTHS", "0")))
    )

    #: S3-compatible storage for the recordings of ended sittings (`config.recordings`); without a
    #: bucket they stay where they were recorded.
    archive_bucket: str = field(default_factory=lambda: os.environ.get("ARCHIVE_BUCKET", ""))
    archive_endpoint: str = field(default_factory=lambda: os.environ.get("ARCHIVE_ENDPOINT", ""))
    archive_region: str = field(default_factory=lambda: os.environ.get("ARCHIVE_REGION", ""))
    archive_key_id: str = field(default_factory=lambda: os.environ.get("ARCHIVE_KEY_ID", ""))
    archive_secret: str = field(default_factory=lambda: os.environ.get("ARCHIVE_SECRET", ""))
    archive_prefix: str = field(
        default_factory=lambda: os.environ.get("ARCHIVE_PREFIX", "").strip("/")
    )
    #: Days after the end for which the disk keeps what the bucket has; -1: for ever.
    archive_local_days: int = field(
        default_factory=lambda: int(os.environ.get("ARCHIVE_LOCAL_DAYS", "30"))
    )
    #: Viewers fetch from the bucket themselves, by signed addresses.
    archive_redirect: bool = field(default_factory=lambda: _flag("ARCHIVE_REDIRECT", False))
    #: Copy while a sitting is going on, too.
    archive_while_live: bool = field(default_factory=lambda: _flag("ARCHIVE_WHILE_LIVE", False))

    #: Where push services may write when something is wrong with what we send (RFC 8292).
    push_contact: str = field(default_factory=lambda: os.environ.get("PUSH_CONTACT", ""))
    #: The push services that browsers may name; we send notifications nowhere else.
    push_hosts: list[str] = field(
        default_factory=lambda: _items(
            "PUSH_HOSTS",
            "fcm.googleapis.com,push.services.mozilla.com,notify.windows.com,push.apple.com",
        )
    )

    @cached_property
    def public_url(self) -> str:
        """The address of web as browsers see it, without a final slash."""
        return os.environ.get("PUBLIC_URL", f"http://127.0.0.1:{self.port}").rstrip("/")

    @cached_property
    def media_url(self) -> str:
        """The address of media as browsers and publishers see it, without a final slash."""
        return os.environ.get("MEDIA_URL", f"http://127.0.0.1:{self.media_port}").rstrip("/")

    @cached_property
    def web_internal_url(self) -> str:
        """Where media tells its facts."""
        return os.environ.get("WEB_INTERNAL_URL", f"http://127.0.0.1:{self.port}").rstrip("/")

    @cached_property
    def media_internal_url(self) -> str:
        """Where this media process takes orders, and how the others reach it."""
        url = os.environ.get("MEDIA_INTERNAL_URL", f"http://127.0.0.1:{self.media_port}")
        return url.rstrip("/")

    @cached_property
    def allowed_hosts(self) -> list[str]:
        return _items("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")

    @cached_property
    def proxies(self) -> int:
        """How many of our own proxies write X-Forwarded-For: one where HTTPS is in front of web."""
        default = "1" if self.public_url.startswith("https://") else "0"
        return int(os.environ.get("PROXIES", default))

    @cached_property
    def sms_backend(self) -> str:
        """The class that sends text messages, as a dotted path."""
        if self.sms_url:
            default = "HttpBackend"
        else:
            default = "DemoBackend" if self.demo else "ConsoleBackend"
        return os.environ.get("SMS_BACKEND", f"communes.identity.sms.{default}")

    @cached_property
    def media_dir(self) -> Path:
        """Recordings and journals; only media processes write here, and they share it."""
        return Path(os.environ.get("MEDIA_DIR", self.data_dir / "media")).resolve()

    @cached_property
    def _kept_secrets(self) -> dict[str, str]:
        path = self.data_dir / "secrets.json"
        names = ("secret_key", "media_key", "phone_hash_key", "phone_cipher_key", "vapid_secret")
        kept: dict[str, str] = {}
        if path.exists():
            kept = json.loads(path.read_text())
        missing = [name for name in names if name not in kept]
        if missing:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            kept |= {name: secrets.token_urlsafe(48) for name in missing}
            # Two processes may start at once: whoever links its file first wins, both read that.
            draft = path.with_name(f".secrets-{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(json.dumps(kept, indent=1))
            if path.exists():
                draft.replace(path)
            else:
                with contextlib.suppress(FileExistsError):
                    os.link(draft, path)
                draft.unlink()
            kept = json.loads(path.read_text())
        return kept

    def secret(self, name: str) -> str:
        """A secret by its lower-case name; the upper-case environment variable comes first."""
        return os.environ.get(name.upper()) or self._kept_secrets[name]

    def keys(self, name: str) -> list[str]:
        """A secret that may be several, with commas between: the first writes, all read."""
        return [key.strip() for key in self.secret(name).split(",") if key.strip()]

    @property
    def media_key(self) -> bytes:
        """Signs orders, facts and media tokens."""
        return self.secret("media_key").encode()


env = Environment()
