"""Findings about which masks of a sequence there are, and how they are named."""

from collections.abc import Container

from vosbench.doctor.file_checks import severity
from vosbench.doctor.finding import Finding
from vosbench.doctor.frame_names import Pairing
from vosbench.doctor.rules import Rules
from vosbench.doctor.sequence_files import Content
from vosbench.doctor.words import some
from vosbench.wording import counted, first_few

_IN_A_COPY = "--fix NEW_FOLDER renames {them}, in a copy"


def mask_names(
    sequence: str, frames: tuple[str, ...], content: Content, names: Pairing, rules: Rules
) -> list[Finding]:
    """What is wrong with the names of the masks of one sequence.

    Args:
        sequence: its name.
        frames: names of its annotated frames.
        content: the folder of its masks.
        names: which file is whose.
        rules: of the protocol.
    """
    scored = rules.protocol.scored_frames(len(frames))
    findings = [
        *_shifted(sequence, frames, names),
        *_otherwise(sequence, frames, names),
        *_twins(sequence, frames, names, scored),
        *_missing(sequence, frames, content, names, scored),
    ]
    # Of frames annotated now and then, masks of all are wanted.
    if names.surplus and names.files and not rules.protocol.sparse:
        findings.append(
            Finding(
                code="surplus-frames",
                severity="warning",
                sequence=sequence,
                subject="masks",
                sentence=f"{counted(len(names.surplus), 'mask')} of {sequence} "
                f"{'has' if len(names.surplus) == 1 else 'have'} no annotation: "
                f"{first_few(names.surplus)}",
                mend="nothing scores them; if they were meant for other frames, rename them",
                frames=tuple(name.rpartition(".")[0] for name in names.surplus),
            )
        )
    return findings


def annotation_names(sequence: str, frames: tuple[str, ...], ordered: list[str]) -> list[Finding]:
    """Names of annotations whose order is not that of their numbers.

    Args:
        sequence: its name.
        frames: names in the order of their letters, which scoring follows.
        ordered: names in the order of their numbers.
    """
    if list(frames) == ordered:
        return []
    at = next(i for i, name in enumerate(frames) if name != ordered[i])
    return [
        Finding(
            code="frame-order",
            severity="error",
            sequence=sequence,
            subject="annotations",
            sentence=f"the annotations of {sequence} are numbered without leading zeros: sorted by "
            f"name, {frames[at]} comes before {ordered[at]}",
            mend="pad the numbers with zeros, as in 00000.png; else frames are taken in a wrong "
            "order, and the wrong ones for first and last",
            frames=frames,
        )
    ]


def _shifted(sequence: str, frames: tuple[str, ...], names: Pairing) -> list[Finding]:
    if not names.shift:
        return []
    one = abs(names.shift) == 1
    first = f"{names.files[frames[0]]} is the mask of {frames[0]}"
    return [
        Finding(
            code="shifted-names",
            severity="error",
            sequence=sequence,
            subject="masks",
            sentence=f"the masks of {sequence} are as many as its frames, but the numbers in their "
            f"names are {'off by one' if one else f'off by {abs(names.shift)}'}: {first}",
            mend=_IN_A_COPY.format(them="them in the order of their numbers"),
            frames=frames,
            fixable=True,
        )
    ]


def _otherwise(sequence: str, frames: tuple[str, ...], names: Pairing) -> list[Finding]:
    if names.shift or not names.renamed:
        return []
    first = names.renamed[0]
    number = len(names.renamed)
    return [
        Finding(
            code="frame-names",
            severity="error",
            sequence=sequence,
            subject="masks",
            sentence=f"{some(names.renamed, len(frames), 'mask', sequence)} "
            f"{'is' if number == 1 else 'are'} named otherwise than the annotations: "
            f"{names.files[first]} for {first}.png",
            mend=_IN_A_COPY.format(them="it" if number == 1 else "them by their numbers"),
            frames=names.renamed,
            fixable=True,
        )
    ]


def _twins(
    sequence: str, frames: tuple[str, ...], names: Pairing, scored: Container[int]
) -> list[Finding]:
    if not names.twins:
        return []
    frame, others = next(iter(names.twins.items()))
    several = [*([names.files[frame]] if frame in names.files else []), *others]
    contested = [i for i, name in enumerate(frames) if name in names.contested]
    return [
        Finding(
            code="twin-files",
            severity=severity(contested, scored),
            sequence=sequence,
            subject="masks",
            sentence=f"{counted(len(names.twins), 'frame')} of {sequence} "
            f"{'has' if len(names.twins) == 1 else 'have'} more than one file: "
            f"{' and '.join(several)} for frame {frame}",
            mend="remove all but one a frame; FRAME.png is what counts where it is there",
            frames=tuple(names.twins),
        )
    ]


def _missing(
    sequence: str,
    frames: tuple[str, ...],
    content: Content,
    names: Pairing,
    scored: Container[int],
) -> list[Finding]:
    """Frames without mask, but for those whose files are in another format or claimed twice."""
    lacking = [i for i, name in enumerate(frames) if name not in {*names.files, *names.contested}]
    if not lacking:
        return []
    lacking_names = tuple(frames[index] for index in lacking)
    if not content.masks and content.pictures:
        return [
            Finding(
                code="not-png",
                severity="error",
                sequence=sequence,
                subject="masks",
                sentence=f"the masks of {sequence} are no PNG: {first_few(content.pictures)}",
                mend="save label maps as PNG; no other format keeps ids as they are",
                frames=lacking_names,
            )
        ]
    where = some(lacking_names, len(frames), "frame", sequence)
    sentence = f"{where} {'has' if len(lacking) == 1 else 'have'} no mask"
    if len(lacking) == len(frames):
        others = names.surplus or tuple(f"{name}/" for name in content.folders)
        found = f": it holds {first_few(others)}" if others else ""
        sentence = f"{content.folder} holds no mask named after a frame{found}"
    seriousness = severity(lacking, scored)
    mend = "write a mask of every frame, an empty one too"
    if seriousness == "warning":
        sentence += ", but none of them is scored"
        mend = "nothing has to be done; some evaluators want a mask of every frame"
    return [
        Finding(
            code="missing-frames",
            severity=seriousness,
            sequence=sequence,
            subject="masks",
            sentence=sentence,
            mend=mend,
            frames=lacking_names,
        )
    ]
