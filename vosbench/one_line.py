"""Text from elsewhere on one line: names, labels and messages may hold anything."""


def one_line(text: str) -> str:
    r"""`text` without line breaks, and without characters that a terminal would obey.

    Names of files and sequences, labels and messages of plug-ins are shown as they come, in tables
    and on standard error; an escape sequence or a change of direction among them must not act.

    >>> one_line("two\nlines, \x1b[31mred")
    'two lines, �[31mred'
    """
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character.isprintable():
        return character
    return " " if character.isspace() else "\N{REPLACEMENT CHARACTER}"
