"""Documents in the store: whose they are while they are translated, and when they are forgotten."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from service.documents.store import Documents, Order, Stage
from service.state import State

ORDER = Order("owner", "a.txt", "en", "xx", None, None, 7, 7, "2026-01")


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[Documents]:
    state = State(tmp_path)
    yield Documents(state, 1.0)
    state.close()


def test_what_is_done_stays_done_whatever_its_worker_says_afterwards(documents: Documents) -> None:
    document_id = documents.add(ORDER, b"red cat").id
    job = documents.claim("one")
    assert job is not None
    documents.finish(document_id, "one", b"rote Katze")
    documents.release(job, "one")
    documents.renew(document_id, "one", 0.4)
    assert documents.fail(document_id, "one", "too late") is False
    found = documents.find(document_id)
    assert (found.stage, found.progress, found.message) == (Stage.DONE, 1.0, None)
    assert documents.result(document_id) == b"rote Katze"


def test_a_document_is_one_worker_s_until_that_says_nothing_more(documents: Documents, tmp_path: Path) -> None:
    document_id = documents.add(ORDER, b"red cat").id
    assert documents.claim("one") is not None
    assert documents.claim("other") is None
    state = State(tmp_path)
    state.run("update document set lease = 0")
    state.close()
    taken = documents.claim("other")
    assert taken is not None
    assert (taken.id, taken.attempts) == (document_id, 2)
    assert documents.fail(document_id, "one", "no longer mine") is False
    assert documents.fail(document_id, "other", "mine") is True


def test_a_stop_is_no_attempt(documents: Documents) -> None:
    documents.add(ORDER, b"red cat")
    for _ in range(5):
        job = documents.claim("one")
        assert job is not None
        assert job.attempts == 1
        documents.release(job, "one")


def test_documents_that_were_never_translated_are_told_when_they_are_forgotten(tmp_path: Path) -> None:
    state = State(tmp_path)
    forgetful = Documents(state, 0.0)
    document_id = forgetful.add(ORDER, b"red cat").id
    assert [job.id for job in forgetful.forget_old()] == [document_id]
    assert forgetful.forget_old() == []
    state.close()


@pytest.mark.parametrize("column", ["translate_attributes", "must_differ"])
def test_a_database_of_an_earlier_version_takes_documents(column: str, documents: Documents, tmp_path: Path) -> None:
    waiting = documents.add(ORDER, b"red cat").id
    with sqlite3.connect(tmp_path / "service.sqlite3") as database:
        database.execute(f"alter table document drop column {column}")
    state = State(tmp_path)
    later = Documents(state, 1.0)
    assert later.find(waiting).order == ORDER
    order = replace(ORDER, translate_attributes=True, must_differ=True)
    assert later.find(later.add(order, b"red cat").id).order == order
    state.close()
