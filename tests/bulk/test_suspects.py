from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nmt.bulk.suspects import Suspect


@given(
    st.integers(1, 300).flatmap(lambda lines: st.tuples(st.just(lines), st.sets(st.integers(0, lines - 1), max_size=5)))
)
def test_the_lines_that_kill_are_found_and_no_others(case: tuple[int, set[int]]) -> None:
    lines, deadly = case
    suspect = Suspect(lines)
    tried = 0
    while (found := suspect.next_range()) is not None:
        tried += 1
        if deadly & set(range(*found)):
            suspect.died()
        else:
            suspect.survived()
    assert suspect.harmful == deadly
    assert tried <= 1 + 20 * len(deadly)


def test_a_machine_lost_by_chance_costs_no_line() -> None:
    suspect = Suspect(1)
    suspect.died()
    suspect.survived()
    assert suspect.next_range() is None
    assert suspect.harmful == set()
