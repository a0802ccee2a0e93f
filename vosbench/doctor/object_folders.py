"""Findings about folders that stand for one object each, as SA-V has them."""

from vosbench.doctor.finding import Finding, Subject
from vosbench.doctor.rules import Rules
from vosbench.doctor.sequence_files import Content
from vosbench.wording import counted, first_few


def refused(content: Content, rules: Rules) -> Finding:
    """Annotations that the protocol cannot read."""
    return _error(
        "object-folders",
        content,
        "annotations",
        f"{content.folder} holds a folder for each object: {first_few(content.folders)}, but "
        f"protocol {rules.name} reads label maps",
        "score with --protocol sa-v; if they are no objects, remove the folders",
    )


def unpaired(content: Content, masks: Content | None) -> list[Finding]:
    """Folders whose name is no id, or the id of another, and objects without a folder of masks.

    Args:
        content: the folder of a sequence's annotations.
        masks: the same of its masks; None where there is none.
    """
    findings = []
    ids = {name: int(name) for name in content.folders if name.isdecimal()}
    twins = [name for name, object_id in ids.items() if list(ids.values()).count(object_id) > 1]
    wrong = [*(name for name in content.folders if name not in ids), *twins]
    if wrong:
        findings.append(
            _error(
                "object-names",
                content,
                "annotations",
                f"{counted(len(wrong), 'folder')} in {content.folder} "
                f"{'is' if len(wrong) == 1 else 'are'} not named by an id of "
                f"{'its' if len(wrong) == 1 else 'their'} own: {first_few(wrong)}",
                "name folders of objects by their ids, such as 000; remove others",
            )
        )
    lacking = () if masks is None else tuple(n for n in content.folders if n not in masks.folders)
    if masks is not None and lacking:
        found = ", but label maps" if masks.masks else ""
        findings.append(
            _error(
                "missing-object-folders",
                content,
                "masks",
                f"{masks.folder} has no folder of {counted(len(lacking), 'object')} of "
                f"{len(content.folders)} ({first_few(lacking)}){found}",
                f"write the masks of each object to a folder of its own, as in {content.folder}",
                tuple(ids[name] for name in lacking if name in ids),
            )
        )
    return findings


def _error(
    code: str,
    content: Content,
    subject: Subject,
    sentence: str,
    mend: str,
    objects: tuple[int, ...] = (),
) -> Finding:
    return Finding(
        code=code,
        severity="error",
        sequence=content.folder.name,
        subject=subject,
        sentence=sentence,
        mend=mend,
        objects=objects,
    )
