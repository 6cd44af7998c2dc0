# Two images: `docker build --target serve .` translates over HTTP, without torch; `--target train` trains.
# All that they install is in lock files with hashes, which `make lock` writes. What changes often comes last.
ARG PYTHON_IMAGE=python:3.11-slim-bookworm

FROM ${PYTHON_IMAGE} AS packages
ARG PIP_INDEX_URL=https://pypi.org/simple
# The same inputs give the same files: no times in wheels, and compiled modules (COMPILE) that hold none.
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore PIP_PROGRESS_BAR=off \
    SOURCE_DATE_EPOCH=1767225600 \
    INSTALL="/build/pip/bin/pip --python /opt/nmt/bin/python install --no-compile --no-deps" \
    COMPILE="/opt/nmt/bin/python -m compileall -q -j 0 --invalidation-mode unchecked-hash" \
    PACKAGES=/opt/nmt/lib/python3.11/site-packages
WORKDIR /build
# The environment that goes into the image holds no pip: the one beside it installs there.
RUN python -m venv pip && python -m venv --without-pip /opt/nmt
# `captions` adds Pillow and ONNX Runtime, with which the service answers POST /caption.
ARG SERVE_LOCK=serve
COPY requirements/${SERVE_LOCK}.lock ./serve.lock
# numpy's own tests, 17 MB, are run by nobody here.
RUN $INSTALL --require-hashes -r serve.lock && rm -r $PACKAGES/numpy/tests $PACKAGES/numpy/*/tests && $COMPILE $PACKAGES

FROM packages AS wheel
COPY requirements/build.lock ./
RUN pip/bin/pip install --no-deps --require-hashes -r build.lock
COPY LICENSE README.md pyproject.toml setup.py ./source/
COPY tokenizer source/tokenizer
COPY nmt source/nmt
COPY service source/service
# Files keep the permissions that they have where the image is built; in the image all have the same.
RUN chmod -R u=rwX,go=rX source && pip/bin/pip wheel --no-deps --no-build-isolation --wheel-dir dist ./source

FROM packages AS build-serve
COPY --from=wheel /build/dist dist
RUN $INSTALL --no-index dist/*.whl && $COMPILE $PACKAGES/tokenizer $PACKAGES/nmt $PACKAGES/service
# Without the compiled decoder, this image could not translate at all.
RUN /opt/nmt/bin/python -c 'from nmt.runtime.native.library import PATH, Library; Library(PATH)'

FROM ${PYTHON_IMAGE} AS runtime
# A volume that is new takes its owner from the directory it is mounted over.
RUN groupadd --system --gid 10001 nmt && useradd --system --uid 10001 --gid nmt --home-dir /tmp --no-log-init nmt \
 && install --directory --owner nmt --group nmt /models /state /runs
COPY --chown=10001:10001 docker /usr/lib/nmt
COPY --chown=10001:10001 models /usr/share/nmt/models
# With the MALLOC settings, the memory of arrays goes back to the system when they are freed.
ENV PATH=/opt/nmt/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOME=/tmp \
    NMT_MODELS_DIR=/models NMT_STATE_DIR=/state NMT_HOST=0.0.0.0 NMT_PORT=8000 \
    MALLOC_MMAP_THRESHOLD_=262144 MALLOC_TRIM_THRESHOLD_=131072 MALLOC_ARENA_MAX=2
# So that the commands of the documents work as they stand: models/, runs/ and state/ are volumes.
WORKDIR /
USER 10001:10001

FROM runtime AS serve
COPY --from=build-serve /opt/nmt /opt/nmt
VOLUME ["/models", "/state"]
ENTRYPOINT ["python", "/usr/lib/nmt/entrypoint.py", "/state", "--"]
EXPOSE 8000
# While the models load, failures do not count.
HEALTHCHECK --start-period=60s --interval=10s --timeout=10s --retries=3 CMD ["python", "/usr/lib/nmt/healthcheck.py"]
CMD ["nmt", "serve"]

FROM packages AS packages-train
# PyTorch's own index has the builds for processors alone; those of PyPI bring gigabytes for GPUs.
ARG TORCH_INDEX_URL=https://download.pytorch.org/whl/cpu
COPY requirements/torch.lock ./
RUN $INSTALL --require-hashes --index-url ${TORCH_INDEX_URL} -r torch.lock
ARG PIP_INDEX_URL=https://pypi.org/simple
COPY requirements/train.lock ./
# torch has tests in the syntax of later Pythons.
RUN $INSTALL --require-hashes -r train.lock && $COMPILE -x /torch/testing/ $PACKAGES

FROM packages-train AS build-train
COPY --from=wheel /build/dist dist
RUN $INSTALL --no-index dist/*.whl && $COMPILE $PACKAGES/tokenizer $PACKAGES/nmt $PACKAGES/service

FROM runtime AS train
COPY --from=build-train /opt/nmt /opt/nmt
VOLUME ["/models", "/runs"]
ENTRYPOINT ["python", "/usr/lib/nmt/entrypoint.py", "/models", "/runs", "--"]
CMD ["nmt", "train", "--help"]
