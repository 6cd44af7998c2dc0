"""`nmt inspect gradients`: what clipping does, and both forms of the report."""

from __future__ import annotations

import json
import math
from pathlib import Path
from statistics import mean, median

import pytest
import torch
from click.testing import CliRunner, Result
from lxml import html

from nmt.cli.main import main
from nmt.inspect.clipping import exploding_run
from nmt.language_model.symbols import Characters
from nmt.training.language_model.export import export_language_model
from nmt.training.language_model.network import RecurrentLanguageModel
from nmt.training.language_model.settings import parse_settings


def inspect(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["inspect", *map(str, arguments)])


def test_a_run_that_explodes_learns_with_clipping() -> None:
    # What an exploding run does next hangs on the last bits of its sums, which differ between processors.
    pairs = [(exploding_run(None, seed=seed), exploding_run(1.0, seed=seed)) for seed in range(5)]
    for off, on in pairs:
        assert off.losses[0] == on.losses[0]
        assert max(off.norms) > 1e4
        assert off.clipped_share == 0
        assert mean(on.losses[-20:]) < 0.4 * on.losses[0]
        assert max(on.losses) < 10
        assert on.clipped_share == sum(norm > 1 for norm in on.norms) / 300
        assert all(math.isfinite(each) for each in (*off.losses, *off.norms))
    assert median(max(off.losses) for off, _ in pairs) > 1e6


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


@pytest.mark.parametrize("int8", [False, True])
def test_the_layers_of_a_language_model_are_reported_with_the_weights_that_it_was_exported_from(
    int8: bool, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    symbols, settings = Characters("abc "), parse_settings(["layers=2", "hidden=12", "embedding=6", "cell=gru"])
    model = RecurrentLanguageModel(settings, symbols.size).eval()
    export_language_model(tmp_path / "lm", model, symbols, settings, 1.0, int8)
    target = tmp_path / "a.json"
    done = inspect("gradients", "--model", tmp_path / "lm", "--steps", 20, "--json", target)
    assert done.exit_code == 0, done.output
    report = json.loads(target.read_text())
    assert report["model"] == "lm"
    assert [cell["name"] for cell in report["cells"]] == ["layers.0", "layers.1"]
    reset = dict(model.named_parameters())["layers.1.cell.weight_hh_l0"][:12]
    measured = report["cells"][1]["singular_values"]["reset"]
    torch.testing.assert_close(
        torch.tensor(measured), torch.linalg.svdvals(reset.detach()), rtol=0, atol=0.02 if int8 else 1e-3
    )


def test_a_language_model_of_an_earlier_version_has_no_weights_to_measure(tmp_path: Path) -> None:
    symbols, settings = Characters("abc "), parse_settings(["layers=1", "hidden=8", "embedding=6"])
    export_language_model(
        tmp_path / "lm", RecurrentLanguageModel(settings, symbols.size).eval(), symbols, settings, 1.0, int8=False
    )
    manifest = json.loads((tmp_path / "lm" / "manifest.json").read_text())
    del manifest["files"]["weights.safetensors.gz"]
    (tmp_path / "lm" / "manifest.json").write_text(json.dumps(manifest))
    done = inspect("gradients", "--model", tmp_path / "lm", "--html", tmp_path / "a.html")
    assert done.exit_code == 1
    assert "has no weights.safetensors.gz" in done.output
    assert "nmt lm train" in done.output


def test_a_report_that_goes_nowhere_is_refused() -> None:
    done = inspect("gradients")
    assert (done.exit_code, done.output) == (
        1,
        "Error: no report is asked for: give --html FILE, --json FILE or both\n",
    )
