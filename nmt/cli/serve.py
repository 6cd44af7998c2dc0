"""`nmt serve`: serve every package in a directory over HTTP."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nmt.cli.options import directory, reports_errors


@click.command()
@click.option("--models", type=directory, help="Directory of packages [default: models].")
@click.option("--host", help="Address to listen on [default: 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 selects a free port [default: 8000].")
@reports_errors
def serve(models: Path | None, host: str | None, port: int | None) -> None:
    """Serve every package in a directory over HTTP.

    \b
    nmt serve --port 8000
    curl -d '{"q":"Good morning!","source":"en","target":"de"}' \\
        -H 'Content-Type: application/json' localhost:8000/translate
    """
    from service.app import serve as run_server
    from service.settings import Settings

    given: dict[str, Any] = {"models_dir": models, "host": host, "port": port}
    run_server(Settings(**{name: value for name, value in given.items() if value is not None}))
