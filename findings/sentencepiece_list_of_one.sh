#!/usr/bin/env bash
# sentencepiece 0.2.3, read 2026-11-30.
# Valid use: `processor.encode([text], num_threads=1)`, a list with one or ten short texts.
# A good guess: with one thread, a list takes as long as `processor.encode(text)` for each of its texts, or less.
# What happens: each call with a list starts a pool of threads, also for num_threads=1, and waits for it. That takes a
# tenth of a millisecond and more, some milliseconds on a busy machine; a short text takes a few microseconds. A list of
# one text took 100 to 1,000 times as long as the text, a list of ten some 20 to 200 times as long as a loop, a list of
# 1,000 about as long. The lines printed say how much longer at the least.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check 'sentencepiece==0.2.3'
cd "$work"
"$work/venv/bin/python" - <<'PYTHON'
import io
import statistics
import time

import sentencepiece

texts = [f"the cat saw {number} birds and a dog" for number in range(500)]
model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(texts), model_writer=model, vocab_size=60, minloglevel=2, hard_vocab_limit=False
)
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())


def seconds(call):
    def once():
        started = time.perf_counter()
        for _ in range(50):
            call()
        return time.perf_counter() - started

    return statistics.median(once() for _ in range(7))


def loop(count):
    return [processor.encode(text) for text in texts[:count]]


assert processor.encode(texts[:10], num_threads=1) == loop(10)
for count, least in ((1, 10), (10, 2)):
    ratio = seconds(lambda: processor.encode(texts[:count], num_threads=1)) / seconds(lambda: loop(count))
    print(f"a list of {count}: {'over' if ratio > least else 'not over'} {least} times as long as a loop")
    assert ratio > least, ratio
PYTHON
