# make serve | make test | make check: each installs what it needs the first time, and nothing but
# Python 3.11 or newer and make is assumed. Serving has an environment of its own, without torch.
PYTHON ?= python3
PORT ?= 8000
SERVE := .venv
DEV := .venv-dev

.PHONY: serve test check lint smoke format clean

serve: $(SERVE)/.installed
	$(SERVE)/bin/nmt serve --port $(PORT)

test: $(DEV)/.installed
	$(DEV)/bin/pytest

lint: $(DEV)/.installed
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy

# What serving installs is enough to translate, and holds no torch.
smoke: $(SERVE)/.installed
	! $(SERVE)/bin/python -c 'import torch' 2>/dev/null
	$(SERVE)/bin/python -c 'import service.app, nmt.runtime'
	echo 'Good morning!' | $(SERVE)/bin/nmt translate --model models/en-de

check: lint smoke test

format: $(DEV)/.installed
	$(DEV)/bin/ruff check --fix .
	$(DEV)/bin/ruff format .

$(SERVE)/.installed: pyproject.toml
	$(PYTHON) -m venv $(SERVE)
	$(SERVE)/bin/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(DEV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

clean:
	rm -rf $(SERVE) $(DEV) build .pytest_cache .mypy_cache .ruff_cache .hypothesis
