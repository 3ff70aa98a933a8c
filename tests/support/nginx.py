"""deploy/nginx.conf, as it is but for ports and places."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from .processes import ROOT


def find_nginx() -> str:
    """Where nginx is; the test is skipped where it is not."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
    if found is None:
        pytest.skip("nginx is not installed")
    return found


def configuration(
    folder: Path,
    *,
    web: str,
    media: str,
    media_dir: Path,
    port: int,
    plain_port: int,
    also: str = "",
) -> str:
    """The whole configuration of an nginx that includes ours, with certificates in `folder`.
    `also`: one more media process."""
    site = (ROOT / "deploy/nginx.conf").read_text()
    for pattern, replacement in (
        (r"/etc/letsencrypt/live/[^/]+/", f"{folder}/"),
        (r"/var/cache/nginx/palabre", f"{folder}/cache"),
        (r"/var/lib/palabre/media", str(media_dir)),
        (r"127\.0\.0\.1:8000", web.removeprefix("http://")),
        (
            r"server 127\.0\.0\.1:8001 (.*);",
            "".join(rf"server {u.removeprefix('http://')} \1;" for u in (media, also) if u),
        ),
        (r"listen \[::\].*;", ""),
        (r"listen 443", f"listen 127.0.0.1:{port}"),
        (r"listen 80", f"listen 127.0.0.1:{plain_port}"),
    ):
        site, count = re.subn(pattern, replacement, site)
        assert count, f"deploy/nginx.conf no longer has {pattern}"
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\nmaster_process off;\npid {folder}/pid;\nerror_log stderr;\n"
        "events { worker_connections 4096; }\n"
        f"http {{\naccess_log off;\n{temporary}\n{site}\n}}\n"
    )


def check_configuration(nginx: str, whole: Path) -> None:
    """Raises where nginx does not like it."""
    tested = subprocess.run(
        [nginx, "-t", "-p", str(whole.parent), "-c", str(whole)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stderr
