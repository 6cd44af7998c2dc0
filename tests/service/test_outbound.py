"""The service opens no connection of its own: an audit hook of the interpreter sees every attempt."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from servers import server_process

from service.settings import Settings

_WATCHED = """
import sys

def watch(event, arguments):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}:
        # The address it listens on is resolved, too.
        if "127.0.0.1" not in repr(arguments):
            print("outbound", event, arguments, flush=True)

sys.addaudithook(watch)
if sys.argv[1] == "probe":
    import socket
    try:
        socket.create_connection(("192.0.2.1", 9), timeout=0.01)
    except OSError:
        pass
else:
    from nmt.cli.main import main
    main(sys.argv[1:])
"""


def test_the_watch_sees_an_attempt() -> None:
    probe = subprocess.run([sys.executable, "-c", _WATCHED, "probe"], capture_output=True, text=True, check=True)
    assert "outbound" in probe.stdout


def test_starting_translating_and_stopping_connect_to_nothing(package: Path, tmp_path: Path) -> None:
    settings = Settings(models_dir=package.parent, suggestions=True, state_dir=tmp_path)
    with server_process(settings, python=("-c", _WATCHED)) as server:
        body = {"q": "<p>See https://example.org</p>", "target": "xx", "source": "auto", "format": "html"}
        assert server.client.post("/translate", json=body).status_code == 200
        correction = {"q": "a", "s": "b", "source": "en", "target": "xx"}
        assert server.client.post("/suggest", json=correction).is_success
        for path in ("/", "/ready", "/languages", "/metrics", "/openapi.json", "/frontend/settings"):
            assert server.client.get(path).status_code == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait() == 0
        assert not [line for line in server.lines() if line.startswith("outbound")]
