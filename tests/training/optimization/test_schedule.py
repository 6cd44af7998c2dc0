"""Learning rates worked by hand."""

import pytest

from nmt.errors import ConfigError
from nmt.training.optimization.schedule import Progress, dropout_share, learning_rate
from nmt.training.settings.config import TrainingConfig


def rates(schedule: str, updates: list[int], plateaus: int = 0) -> list[float]:
    config = TrainingConfig(learning_rate=0.8, warmup_updates=4, max_updates=12, schedule=schedule)  # type: ignore[arg-type]
    return [learning_rate(config, update, plateaus) for update in updates]


def test_the_rate_warms_up_in_equal_steps() -> None:
    assert rates("plateau", [1, 2, 3, 4]) == pytest.approx([0.2, 0.4, 0.6, 0.8])


def test_linear_decay_is_nearly_zero_at_the_last_update() -> None:
    # 8 updates remain after the warm-up, in steps of 0.8 / 9
    assert rates("linear", [4, 5, 12]) == pytest.approx([0.8, 0.8 * 8 / 9, 0.8 / 9])


def test_inverse_square_root_decay_halves_at_four_times_the_warm_up() -> None:
    assert rates("inverse-sqrt", [4, 16]) == pytest.approx([0.8, 0.4])


def test_each_plateau_halves_the_rate() -> None:
    assert [rates("plateau", [10], plateaus)[0] for plateaus in (0, 1, 2)] == pytest.approx([0.8, 0.4, 0.2])


def test_dropout_falls_in_a_line_to_none_at_the_last_update() -> None:
    def shares(falls_from: float) -> list[float]:
        config = TrainingConfig(max_updates=10, dropout_falls_from=falls_from)
        return [dropout_share(config, update) for update in (1, 5, 6, 8, 10, 12)]

    assert shares(0.5) == pytest.approx([1, 1, 0.8, 0.4, 0, 0])
    assert shares(0.0) == pytest.approx([0.9, 0.5, 0.4, 0.2, 0, 0])
    assert shares(1.0) == [1, 1, 1, 1, 1, 1]


def test_a_plateau_is_patience_evaluations_without_a_better_loss() -> None:
    progress = Progress()
    seen = []
    for loss in (3.0, 2.0, 2.5, 2.4, 1.9, 2.0):
        progress = progress.after(loss, plateau_patience=2)
        seen.append((progress.best_loss, progress.since_best, progress.plateaus))
    assert seen == [(3.0, 0, 0), (2.0, 0, 0), (2.0, 1, 0), (2.0, 2, 1), (1.9, 0, 1), (1.9, 1, 1)]


@pytest.mark.parametrize(
    "values", [{"learning_rate": 0.0}, {"schedule": "cosine"}, {"label_smoothing": 1.0}, {"dropout_falls_from": 1.5}]
)
def test_impossible_settings_are_refused(values: dict[str, object]) -> None:
    with pytest.raises(ConfigError, match="allowed"):
        TrainingConfig(**values)  # type: ignore[arg-type]
