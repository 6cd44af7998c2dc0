"""`nmt inspect gradients`: what clipping does, and both forms of the report."""

from __future__ import annotations

import json
import math
from pathlib import Path

from click.testing import CliRunner, Result
from lxml import html

from nmt.cli.main import main
from nmt.inspect.clipping import exploding_run


def inspect(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["inspect", *map(str, arguments)])


def test_a_run_that_explodes_learns_with_clipping() -> None:
    off, on = exploding_run(None), exploding_run(1.0)
    assert off.losses[0] == on.losses[0]
    assert max(off.losses) > 1e6
    assert off.clipped_share == 0
    assert on.losses[-1] < 0.2 * on.losses[0]
    assert on.clipped_share == sum(norm > 1 for norm in on.norms) / 300
    assert all(math.isfinite(each) for each in (*off.losses, *off.norms))


def test_fresh_cells_are_reported_for_people_and_for_programs(tmp_path: Path) -> None:
    done = inspect(
        "gradients", "--steps", 30, "--hidden", 8, "--html", tmp_path / "a.html", "--json", tmp_path / "a.json"
    )
    assert done.output == f"wrote {tmp_path / 'a.html'}\nwrote {tmp_path / 'a.json'}\n"
    report = json.loads((tmp_path / "a.json").read_text())
    assert [cell["name"] for cell in report["cells"]] == ["rnn", "gru", "lstm"]
    assert all(len(cell["flow"]["state"]) == 30 for cell in report["cells"])
    assert report["clipped_share_off"] == 0
    page = html.fromstring((tmp_path / "a.html").read_text())
    assert len(page.findall(".//svg")) == 1 + 3 + 3 + 1 + 2
    assert page.xpath("//*[@src or @href]") == []


def test_the_layers_of_a_package_and_the_log_of_its_training_are_reported(package: Path, tmp_path: Path) -> None:
    event = {"event": "update", "epoch": 0, "loss": 3.0, "learning_rate": 0.1, "tokens_per_second": 1.0, "seconds": 1.0}
    logged = [
        event | {"update": 50 * n, "gradient_norm": 2.0, "clipped_share": share} for n, share in ((1, 1), (2, 0.5))
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(each) + "\n" for each in logged))
    target = tmp_path / "a.json"
    done = inspect("gradients", "--model", package, "--run-dir", tmp_path, "--steps", 20, "--json", target)
    assert done.exit_code == 0, done.output
    report = json.loads(target.read_text())
    names = ["encoder.layers.0 forward", "encoder.layers.0 backward", "decoder.layers.0"]
    assert [cell["name"] for cell in report["cells"]] == names
    assert [point["clipped_share"] for point in report["training"]] == [1.0, 0.0]


def test_a_report_that_goes_nowhere_is_refused() -> None:
    done = inspect("gradients")
    assert (done.exit_code, done.output) == (
        1,
        "Error: no report is asked for: give --html FILE, --json FILE or both\n",
    )
