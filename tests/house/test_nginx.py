"""deploy/nginx.conf, run as it is but for ports and places, in front of a real Palabre."""

import json
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from socket import create_connection

import httpx
import pytest
from websockets.sync.client import connect

from tests.support.nginx import check_configuration, configuration, find_nginx
from tests.support.ports import free_port
from tests.support.processes import Program
from tests.support.servers import Palabre

from .certificate import make_certificate

WEB, MEDIA = "palabre.example", "media.palabre.example"


@dataclass
class Proxy:
    """nginx on the loopback address, speaking HTTPS for both names."""

    palabre: Palabre
    port: int
    trust: ssl.SSLContext

    def get(self, host: str, path: str, **headers: str) -> httpx.Response:
        with httpx.Client(verify=self.trust, timeout=30) as client:
            request = client.build_request(
                "GET",
                f"https://127.0.0.1:{self.port}{path}",
                headers={"Host": host, **headers},
                extensions={"sni_hostname": host},
            )
            return client.send(request)


@pytest.fixture
def proxy(make_palabre: Callable[..., Palabre], tmp_path: Path) -> Iterator[Proxy]:
    nginx = find_nginx()
    palabre = make_palabre(
        PUBLIC_URL=f"https://{WEB}",
        MEDIA_URL=f"https://{MEDIA}",
        ALLOWED_HOSTS=f"{WEB},127.0.0.1",
    )
    make_certificate(tmp_path, WEB, MEDIA)
    port, plain_port = free_port(), free_port()
    whole = tmp_path / "nginx.conf"
    whole.write_text(
        configuration(
            tmp_path,
            web=palabre.url,
            media=palabre.media_url,
            media_dir=tmp_path / "media",
            port=port,
            plain_port=plain_port,
        )
    )
    check_configuration(nginx, whole)
    trust = ssl.create_default_context(cafile=str(tmp_path / "fullchain.pem"))
    trust.check_hostname = False
    found = Proxy(palabre, port, trust)
    program = Program(
        "nginx", [nginx, "-p", str(tmp_path), "-c", str(whole)], tmp_path / "nginx.log"
    )

    def answers() -> bool:
        try:
            return found.get(WEB, "/healthz").status_code == 200
        except httpx.HTTPError:
            return False

    with palabre:
        program.start(answers)
        yield found
        program.stop()


def test_pages_sockets_and_media_through_nginx(proxy):
    home = proxy.get(WEB, "/")
    assert home.status_code == 200
    assert "max-age=" in home.headers["strict-transport-security"]
    # Secure cookies are for HTTPS alone; Django believed the proxy that this is.
    form = proxy.get(WEB, "/connexion/")
    assert "Secure" in form.headers.get("set-cookie", "")

    apart = proxy.palabre
    apart.manage("seed", "--no-hearing", "--quiet")
    sitting = json.loads(apart.manage("sitting", "list", "--json"))[0]
    assert sitting["ws"].startswith(f"wss://{WEB}/")
    with (
        create_connection(("127.0.0.1", proxy.port), timeout=30) as plain,
        connect(sitting["ws"], sock=plain, ssl=proxy.trust, proxy=None) as socket,
    ):
        assert json.loads(socket.recv(timeout=30))["type"] == "welcome"

    assert proxy.get(MEDIA, "/healthz").status_code == 200
    missing = proxy.get(MEDIA, "/hls/aaaaaaaaaaaa/index.m3u8")
    assert missing.status_code == 404
    assert missing.headers["access-control-allow-origin"] == "*"
    assert missing.headers["x-cache"] == "MISS"

    # What is ours alone stays inside: nginx answers, nobody behind it.
    for host, path in (
        (WEB, "/internal/media/facts"),
        (WEB, "/metrics"),
        (MEDIA, f"/control/sittings/{sitting['id']}"),
        (MEDIA, "/metrics"),
    ):
        answer = proxy.get(host, path)
        assert (answer.status_code, "nginx" in answer.text) == (404, True), path
