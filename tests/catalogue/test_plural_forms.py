"""The singular's and the plural's form, by the headers that gettext's manual and CLDR give languages."""

from __future__ import annotations

import pytest

from nmt.catalogue import PluralForms


@pytest.mark.parametrize(
    ("language", "header", "count", "one", "most", "is_only_one"),
    [
        ("ja", "nplurals=1; plural=0;", 1, 0, 0, False),
        ("de", "nplurals=2; plural=(n != 1);", 2, 0, 1, True),
        ("the other way round", "nplurals=2; plural=(n == 1);", 2, 1, 0, True),
        ("fr", "nplurals=2; plural=n > 1", 2, 0, 1, False),
        ("lv", "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n != 0 ? 1 : 2);", 3, 0, 1, False),
        ("lt", "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && (n%100<10 || n%100>=20) ? 1 : 2);",
         3, 0, 1, False),
        ("ru", "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
         3, 0, 2, False),
        ("cs", "nplurals=3; plural=(n==1) ? 0 : (n>=2 && n<=4) ? 1 : 2;", 3, 0, 2, True),
        ("ro", "nplurals=3; plural=(n==1 ? 0 : (n==0 || (n%100 > 0 && n%100 < 20)) ? 1 : 2);", 3, 0, 2, True),
        ("sl", "nplurals=4; plural=(n%100==1 ? 1 : n%100==2 ? 2 : n%100==3 || n%100==4 ? 3 : 0);", 4, 1, 0, False),
        ("cy", "nplurals=4; plural=(n==1) ? 0 : (n==2) ? 1 : (n != 8 && n != 11) ? 2 : 3;", 4, 0, 2, True),
        ("ga", "nplurals=5; plural=n==1 ? 0 : n==2 ? 1 : (n>2 && n<7) ? 2 :(n>6 && n<11) ? 3 : 4;", 5, 0, 4, True),
        ("ar", "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5;",
         6, 1, 4, True),
    ],
)  # fmt: skip
def test_the_header_says_which_form_one_and_the_most_take(
    language: str, header: str, count: int, one: int, most: int, is_only_one: bool
) -> None:
    assert PluralForms.parse(header) == PluralForms(count, one, most, is_only_one), language


@pytest.mark.parametrize(
    "header",
    [
        "",
        "nplurals=INTEGER; plural=EXPRESSION;",
        "nplurals=2; plural=import os;",
        "nplurals=2; plural=n/0;",
        "nplurals=2; plural=n;",
        "nplurals=3; plural=0;",
        f"nplurals=2; plural={'(' * 3000}n{')' * 3000};",
    ],
)
def test_a_header_that_says_nothing_usable_is_none(header: str) -> None:
    assert PluralForms.parse(header) is None


def test_without_a_header_the_singular_is_first_and_the_plural_last() -> None:
    assert PluralForms.by_place([0, 1, 2]) == PluralForms(3, 0, 2, True)
    assert PluralForms.by_place([0]) == PluralForms(1, 0, 0, True)
