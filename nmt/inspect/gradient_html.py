"""The report of `nmt inspect gradients` as one HTML page."""

from __future__ import annotations

from collections.abc import Sequence

from nmt.inspect.clipping import ExplodingRun
from nmt.inspect.gradient_report import CellReport, GradientReport
from nmt.reports import Line, figure, line_chart_svg, page, table, text
from nmt.training.report.history import UpdatePoint

_LINES = 4
"""Maximum number of lines in a chart."""
_BEFORE_LOSS = "steps before the loss"


def gradient_html(report: GradientReport) -> str:
    """Return the whole page."""
    title = f"Gradients in {report.model}" if report.model else "Gradients in fresh cells"
    read = "random symbols of its vocabulary" if report.model else "independent normal numbers"
    return page(
        title,
        [
            f"<h1>{text(title)}</h1>",
            f'<p class="verdict">{text(" ".join(map(_verdict, report.cells)))}</p>',
            f"<p>The loss is one direction of h at the last of {report.steps} steps, and the cells read {read}. All "
            f"norms are geometric means over several sequences.</p>",
            "<h2>How far back the gradient reaches</h2>",
            *_reach(report.cells),
            "<h2>Measured, and the bound of its Jacobians</h2>",
            "<p>The gradient by the state d steps before the loss is that at the loss times d Jacobians. Its norm is "
            "at most the product of their norms. For a vanilla RNN each is at most the largest singular value of W_hh "
            "times the largest derivative of tanh at that step (Pascanu et al. 2013). For a GRU and an LSTM the bound "
            "adds what each gate contributes. It is loose, because the worst directions of two steps seldom meet.</p>",
            *map(_bound, report.cells),
            "<h2>Singular values of the recurrent weights</h2>",
            *map(_singular_values, report.cells),
            "<h2>What the gain of the recurrent weights does</h2>",
            "<p>In a linear cell with W_hh = a Q and Q orthogonal the norm is exactly a to the power of the distance."
            "</p>",
            _chart(
                "Norm of the gradient in a linear cell, by a",
                _BEFORE_LOSS,
                [_line(f"a = {gain}", norms) for gain, norms in report.gains.items()],
            ),
            "<h2>What clipping does</h2>",
            *_clipping(*report.exploding),
            *_training(report.training),
        ],
    )


def _verdict(cell: CellReport) -> str:
    reach = cell.flow.reach
    if reach is not None:
        return f"{cell.name}: below a hundredth after {reach} steps."
    last = len(cell.flow.state) - 1
    return f"{cell.name}: {cell.flow.state[-1] / cell.flow.state[0]:.2g} of the gradient is left after {last} steps."


def _reach(cells: Sequence[CellReport]) -> list[str]:
    lines = [
        _line(f"{cell.name}, dL/d{part}", norms, skip=0 if part == "h" else 1)
        for cell in cells
        for part, norms in cell.flow.norms.items()
    ]
    caption = "Norm of the gradient by the state, logarithmic"
    charts = [_chart(caption, _BEFORE_LOSS, lines[first : first + _LINES]) for first in range(0, len(lines), _LINES)]
    rows = [
        (
            cell.name,
            str(cell.hidden_size),
            f"{cell.flow.factor:.4f}",
            "never" if cell.flow.reach is None else str(cell.flow.reach),
            f"{cell.flow.state[-1]:.3g}",
            f"{cell.flow.bound[-1]:.3g}",
            f"{max(values[0] for values in cell.singular_values.values()):.3f}",
        )
        for cell in cells
    ]
    header = (
        "cell",
        "H",
        "factor a step",
        "below 1 % after",
        "norm at the first step",
        "its bound",
        "largest singular value",
    )
    return [*charts, f'<div class="roomy">{table(header, rows)}</div>']


def _bound(cell: CellReport) -> str:
    lines = [_line("measured", cell.flow.state), _line("bound", cell.flow.bound)]
    return _chart(f"{cell.name}: norm of the gradient by the whole state", _BEFORE_LOSS, lines)


def _singular_values(cell: CellReport) -> str:
    lines = [Line(gate, list(enumerate(values, 1))) for gate, values in cell.singular_values.items()]
    return _chart(f"{cell.name}: singular values of W_hh, the largest first", "rank", lines, logarithmic=False)


def _clipping(off: ExplodingRun, on: ExplodingRun) -> list[str]:
    tau = f"{on.threshold:g}"
    both = (("without clipping", off), (f"clipped to {tau}", on))
    ended = (
        f" It stopped after {len(off.losses)} updates, when a number was no longer finite."
        if len(off.losses) < len(on.losses)
        else ""
    )
    return [
        f"<p>A vanilla RNN with singular values far above 1 learns by plain gradient descent to add two numbers. "
        f"Clipping follows tau g / ||g|| where the norm of the gradient g is above tau = {tau}: the direction stays, "
        f"the step becomes short. It clipped {on.clipped_share:.0%} of the updates. Without it the loss reached "
        f"{max(off.losses):.2g}.{ended} With it the last loss was {on.losses[-1]:.2g}.</p>",
        _chart("Loss (mean squared error)", "update", [_line(name, run.losses) for name, run in both]),
        _chart("Gradient norm before clipping", "update", [_line(name, run.norms) for name, run in both]),
    ]


def _training(points: Sequence[UpdatePoint]) -> list[str]:
    if not points:
        return []
    before = [0, *(point.update for point in points)]
    clipped = sum(point.clipped_share * (point.update - start) for start, point in zip(before, points, strict=False))
    return [
        "<h2>The training</h2>",
        f"<p>{clipped / points[-1].update:.1%} of {points[-1].update:,} updates were clipped.</p>",
        _chart(
            "Gradient norm before clipping", "update", [Line("norm", [(p.update, p.gradient_norm) for p in points])]
        ),
        _chart(
            "Updates whose gradient was clipped, percent",
            "update",
            [Line("clipped", [(p.update, 100 * p.clipped_share) for p in points])],
            logarithmic=False,
        ),
    ]


def _line(name: str, values: Sequence[float], skip: int = 0) -> Line:
    return Line(name, list(enumerate(values))[skip:])


def _chart(caption: str, across: str, lines: Sequence[Line], logarithmic: bool = True) -> str:
    ends = [f"{line.name} from {line.points[0][1]:.3g} to {line.points[-1][1]:.3g}" for line in lines]
    svg = line_chart_svg(f"{caption}: {'; '.join(ends)}", across, lines, logarithmic=logarithmic)
    return figure(caption, [line.name for line in lines if len(lines) > 1], svg)
