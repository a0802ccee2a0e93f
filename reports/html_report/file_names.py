"""Names from outside as names of files: safe everywhere, and never two alike."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping

LONGEST = 80
"""Longest name that is kept as it is; whatever is longer is cut, and told apart by a digest."""

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_ELSE = re.compile(r"[^A-Za-z0-9._-]+")
_DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
"""Names that Windows keeps for itself."""


def file_names(names: Iterable[str]) -> Mapping[str, str]:
    """Name → what its file is called, without extension.

    Names that any file system and any address can take are kept. The others keep what is plain
    of them, and a digest behind a tilde, which no plain name has, tells them apart; so do names
    that differ only in upper and lower case.

    >>> dict(file_names(["cows", "../x"]))
    {'cows': 'cows', '../x': 'x~ca4dba4bc28f'}
    """
    wanted = tuple(dict.fromkeys(names))
    folded = Counter(name.casefold() for name in wanted)
    return {
        name: name if folded[name.casefold()] == 1 and _is_plain(name) else _told_apart(name)
        for name in wanted
    }


def _is_plain(name: str) -> bool:
    return (
        len(name) <= LONGEST
        and _PLAIN.fullmatch(name) is not None
        and not name.endswith(".")
        and _DEVICES.fullmatch(name) is None
    )


def _told_apart(name: str) -> str:
    digest = hashlib.sha256(name.encode(errors="surrogatepass")).hexdigest()[:12]
    return f"{_ELSE.sub('-', name).strip('.-_')[:LONGEST]}~{digest}"
