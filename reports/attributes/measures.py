"""The measures of each object, from which its attributes follow."""

from collections.abc import Iterable, Iterator

from vosbench.attributes import Measures, ObjectAttributes
from vosbench.attributes.definitions import ATTRIBUTES
from vosbench.reports.attributes.scores import AttributeScores
from vosbench.reports.compared.tidy import TidyRow
from vosbench.reports.table import Cell, Column, Row, Subject, Table, Value

_MEASURES = (
    Column("area", "area", "percent", group="size"),
    Column("box", "box", "percent", group="size"),
    Column("scale", "smallest / largest box", "percent", group="size"),
    Column("motion", "motion / diagonal", "percent", group="motion"),
    Column("own_motion", "motion / own size", "percent", group="motion"),
    Column("deformation", "unlike the first", "percent", group="shape"),
    Column("flicker", "unlike the last", "percent", group="shape"),
    Column("hidden", "hidden", "percent", group="sight"),
    Column("broken", "come apart", "percent", group="sight"),
    Column("clipped", "frames clipped", "percent", group="sight"),
    Column("absent", "frames gone", "percent", group="sight"),
    Column("twins", "frames with a similar one", "percent", group="others"),
    Column("objects", "objects", "count", group="others"),
)
"""What a column shows of `vosbench.attributes.Measures`, by the name of the field."""

_SAID = (
    "In per cent. Area and box: of the image, median and mean. Motion: mean way of "
    "the centroid a frame, own size is the square root of the area. Unlike: 1 − intersection over "
    "union with the first shape (median) and the one before (mean), after alignment of centroid "
    "and area. Hidden: largest dip of the area. Come apart: largest share outside of the largest "
    "connected part, less that of the first frame. –: not told by the annotations."
)


def by_object(scores: AttributeScores) -> Table:
    """A row an object: its attributes by their short names, and its measures."""
    alone = all(each.measures.objects == 1 for each in scores.objects)
    columns = tuple(each for each in _MEASURES if not (alone and each.group == "others"))
    return Table(
        title=scores.comparison.title("Attributes by object"),
        columns=(
            Column("object", "sequence (object)"),
            Column("attributes", "attributes", group="attributes"),
            *columns,
        ),
        rows=tuple(_row(each, columns) for each in scores.objects),
        footnotes=(_SAID,),
        tidy=tuple(_tidy(scores)),
    )


def _row(of: ObjectAttributes, columns: Iterable[Column]) -> Row:
    short = {attribute.name: attribute.short for attribute in ATTRIBUTES}
    about = Subject(sequence=of.sequence, object_id=of.object_id)
    held = " ".join(short[held.attribute] for held in of.held)
    return Row(
        (
            Cell(f"{of.sequence} ({of.object_id})", about=about),
            Cell(held or None, about=about),
            *(Cell(_value(of.measures, column.key), about=about) for column in columns),
        )
    )


def _value(measures: Measures, name: str) -> Value:
    value: Value = getattr(measures, name)
    return value


def _tidy(scores: AttributeScores) -> Iterator[TidyRow]:
    for of in scores.objects:
        yield {
            "dataset": scores.comparison.dataset,
            "variant": scores.comparison.variant or None,
            "protocol": scores.comparison.protocol,
            "sequence": of.sequence,
            "object": of.object_id,
            "attributes": ", ".join(held.attribute for held in of.held) or None,
            "reasons": "; ".join(held.reason for held in of.held) or None,
            **{column.key: _value(of.measures, column.key) for column in _MEASURES},
        }
