"""Exit status 0 when the service in this container is ready: every translator has just translated a canary."""

from __future__ import annotations

import os
import urllib.error
import urllib.request


def main() -> None:
    """Say what the service says; it waits five seconds for its translators."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{os.environ['NMT_PORT']}/ready", timeout=8.0) as answer:
            print(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise SystemExit(error.read().decode()) from error
    except OSError as error:
        raise SystemExit(f"no answer: {error}") from error


if __name__ == "__main__":
    main()
