"""Pages made from templates; whatever comes from outside is escaped."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from vosbench.atomic import write_bytes, write_text, writing
from vosbench.reports.formats.html_table import Link, html_table
from vosbench.reports.table import Table

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent

POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:; "
    "style-src-attr 'unsafe-inline'; img-src 'self' file: data:; media-src 'self' file:; "
    "base-uri 'none'; form-action 'none'"
)
"""What a page may load: files beside it. Nothing comes from a network, no script from a page.

Tables measure the room of their marks, so elements may have styles of their own.
"""


def write_page(path: Path, template: str, **content: object) -> None:
    """Make one page of a template in `templates/`.

    Raises:
        CannotWriteError: the file system refuses.
    """
    page = _environment().get_template(template).render(policy=POLICY, **content)
    write_text(path, page.rstrip() + "\n")


def copy_static(folder: Path) -> None:
    """Copy styles and scripts into `folder`, which is made.

    Raises:
        CannotWriteError: the file system refuses.
    """
    with writing(folder):
        folder.mkdir()
    for file in sorted((_HERE / "static").iterdir()):
        if file.suffix in (".css", ".js"):
            write_bytes(folder / file.name, file.read_bytes())


def table_markup(table: Table, link: Link) -> Markup:
    """A table as safe markup: `html_table` escapes what it shows."""
    return Markup(html_table(table, link=link))


@lru_cache(maxsize=1)
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
