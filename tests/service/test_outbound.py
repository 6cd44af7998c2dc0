"""The service opens no connection of its own: an audit hook of the interpreter sees every attempt."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx

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
    command = [sys.executable, "-c", _WATCHED, "serve", "--models", str(package.parent), "--port", "0"]
    settings = {**os.environ, "NMT_SUGGESTIONS": "true", "NMT_STATE_DIR": str(tmp_path)}
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if "running on http" in line:
                with httpx.Client(base_url=line.split("running on ")[1].split(" ")[0]) as client:
                    body = {"q": "<p>See https://example.org</p>", "target": "xx", "source": "auto", "format": "html"}
                    assert client.post("/translate", json=body).status_code == 200
                    assert client.post("/suggest", json={"q": "a", "s": "b", "source": "en", "target": "xx"}).is_success
                    for path in ("/", "/ready", "/languages", "/metrics", "/openapi.json", "/frontend/settings"):
                        assert client.get(path).status_code == 200
                process.terminate()
    assert not [line for line in lines if line.startswith("outbound")]
