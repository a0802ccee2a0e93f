"""`vosbench score`: its options, and what it says beside its tables."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vosbench.command_line import (
    File,
    Folder,
    format_option,
    out_option,
    sequences_option,
    workers_option,
)
from vosbench.errors import UsageError
from vosbench.metrics import protocols

if TYPE_CHECKING:
    from vosbench.scoring.consensus import Consensus
    from vosbench.scoring.folders import FolderScores
    from vosbench.scoring.groups import Unseen
    from vosbench.scoring.object_meta import ObjectMeta

ALL = "all"
"""In place of a protocol: the same masks under each of them."""


@dataclass(frozen=True, kw_only=True)
class ScoreView:
    """How scores are shown.

    Attributes:
        protocol: name of the protocol; `ALL` for a consensus.
        unseen: what training does not show; None where that is not known.
        style: format of the tables.
        out: file for them; None for standard output.
    """

    protocol: str
    unseen: "Unseen | None"
    style: str
    out: Path | None


ShowScores = Callable[["tuple[FolderScores, ...]", ScoreView], None]
ShowConsensus = Callable[["tuple[Consensus, ...]", ScoreView], None]


def score_command(show_scores: ShowScores, show_consensus: ShowConsensus) -> click.Command:
    """The command; tables are drawn by whoever calls this, who knows the reports."""

    @click.command()
    @click.argument("predictions", type=Folder, nargs=-1, required=True)
    @click.option("--annotations", type=Folder, required=True, metavar="DIR", help="The truth.")
    @click.option(
        "--protocol",
        type=click.Choice([*protocols.names(), ALL]),
        default="davis2017",
        show_default=True,
        help="Whose rules; all: every one, and why they differ.",
    )
    @sequences_option
    @click.option(
        "--extra-ids",
        type=click.Choice(["error", "ignore"]),
        help="What becomes of ids that are not annotated.  [default: error under DAVIS, else "
        "ignore]",
    )
    @click.option(
        "--decay",
        type=click.Choice(["exact", "davis-uint8"]),
        default="exact",
        show_default=True,
        help="davis-uint8 repeats the overflow of the official evaluator beyond 255 frames.",
    )
    @click.option(
        "--unseen",
        type=File,
        metavar="FILE",
        help="Categories, sequences or SEQUENCE/ID that training does not show, one a line: G.",
    )
    @click.option(
        "--meta",
        type=File,
        metavar="FILE",
        help="The dataset's own list of objects, as YouTube-VOS and LVOS have it (JSON).",
    )
    @click.option("--partial", is_flag=True, help="Leave out sequences that have no masks.")
    @workers_option
    @format_option
    @out_option
    def score(
        predictions: tuple[Path, ...],
        annotations: Path,
        protocol: str,
        extra_ids: Any,
        decay: Any,
        unseen: Path | None,
        meta: Path | None,
        partial: bool,
        style: str,
        out: Path | None,
        **how: Any,
    ) -> None:
        """Score folders of masks, PREDICTIONS/SEQUENCE/FRAME.png."""
        _check_groups(protocol, {"--unseen": unseen, "--meta": meta})
        known = None if meta is None else _meta(meta)
        view = ScoreView(
            protocol=protocol,
            unseen=None if unseen is None else _unseen(unseen, known),
            style=style,
            out=out,
        )
        how |= {"partial_results": partial, "meta": known}
        if protocol == ALL:
            from vosbench.scoring.consensus import consensus

            found = consensus(
                predictions,
                annotations,
                extra_ids=extra_ids,
                decay=decay,
                unseen=view.unseen,
                **how,
            )
            _tell(note for each in found for note in each.notes)
            show_consensus(found, view)
            return
        from vosbench.evaluate import Rules
        from vosbench.scoring.folders import score_folders

        rules = Rules(protocols.get(protocol), extra_ids, decay)
        scores = score_folders(predictions, annotations, rules, **how)
        _tell(note for each in scores for note in each.notes)
        show_scores(scores, view)

    return score


def _meta(path: Path) -> "ObjectMeta":
    from vosbench.scoring.object_meta import read_object_meta

    return read_object_meta(path)


def _unseen(path: Path, meta: "ObjectMeta | None") -> "Unseen":
    from vosbench.scoring.groups import read_unseen

    return read_unseen(path, meta)


def _check_groups(protocol: str, given: dict[str, Path | None]) -> None:
    """Raise `UsageError` for files that say of objects what the protocol does not ask."""
    if protocol == ALL or protocols.get(protocol).groups:
        return
    telling = [each.name for each in protocols.PROTOCOLS if each.groups]
    for option, path in given.items():
        if path is not None:
            raise UsageError(
                f"protocol {protocol} does not ask for {option}, which is for "
                f"{' and '.join(telling)}; leave it out"
            )


def _tell(notes: Iterable[str]) -> None:
    for note in notes:
        click.echo(f"Note: {note}", err=True)
