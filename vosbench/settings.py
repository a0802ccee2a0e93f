"""Settings of a method: its constructor's keyword-only arguments, and how `--set` fills them."""

import inspect
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from vosbench.errors import UsageError
from vosbench.wording import suggestion

DEVICE = "device"
"""An argument of this name is where to run, not what to compute: never a setting."""

REQUIRED = inspect.Parameter.empty
"""Default of a setting that has none."""

_BOOLEANS = {"true": True, "yes": True, "on": True, "1": True} | {
    "false": False,
    "no": False,
    "off": False,
    "0": False,
}


@dataclass(frozen=True)
class Setting:
    """One keyword-only argument of a constructor.

    Attributes:
        name: as in `--set name=value`.
        type: its annotation, or the type of its default when it has no annotation.
        default: `REQUIRED` when it must be given.
    """

    name: str
    type: Any
    default: object

    def parse(self, text: str) -> object:
        """The value that `text` stands for.

        Raises:
            UsageError: it does not fit the type.

        >>> Setting("steps", int, 10).parse("20")
        20
        >>> Setting("online", bool, False).parse("yes")
        True
        >>> Setting("size", int | None, None).parse("none") is None
        True
        """
        try:
            return _convert(text, self.type)
        except ValueError as error:
            wanted = describe(self.type)
            raise UsageError(f"setting {self.name} takes {wanted}, not {text!r}") from error


def constructor_settings(cls: type) -> tuple[Setting, ...]:
    """The settings of a class, in the order of its constructor; `device` is none.

    Raises:
        UsageError: the constructor takes something that is not keyword-only, or is annotated with
            a name that its module does not have.

    >>> class Method:
    ...     def __init__(self, *, steps: int = 10, device: str = "cpu") -> None: ...
    >>> constructor_settings(Method)
    (Setting(name='steps', type=<class 'int'>, default=10),)
    """
    try:
        parameters = inspect.signature(cls, eval_str=True).parameters
    except NameError as error:
        raise UsageError(
            f"the constructor of {cls.__name__} is annotated with what it does not import: {error}"
        ) from error
    for parameter in parameters.values():
        if parameter.kind is not inspect.Parameter.KEYWORD_ONLY:
            raise UsageError(
                f"{cls.__name__} takes {str(parameter)!r}; settings are keyword-only arguments "
                "of the constructor: write __init__(self, *, …)"
            )
    return tuple(
        Setting(name, _type_of(parameter), parameter.default)
        for name, parameter in parameters.items()
        if name != DEVICE
    )


def _type_of(parameter: inspect.Parameter) -> Any:
    """Its annotation, or the type of its default when it has none."""
    bare = parameter.annotation is inspect.Parameter.empty
    return type(parameter.default) if bare else parameter.annotation


def takes_device(cls: type) -> bool:
    """Whether the constructor has an argument `device`."""
    return DEVICE in inspect.signature(cls).parameters


def resolve(
    owner: str, settings: Iterable[Setting], given: Mapping[str, object]
) -> dict[str, object]:
    """Every setting with its value: `given` over the defaults.

    Args:
        owner: whose settings, for messages.

    Raises:
        UsageError: `given` names a setting that does not exist, or a required one is missing.
    """
    known = {setting.name: setting for setting in settings}
    for name in given:
        find_setting(owner, known.values(), name)
    values = {name: given.get(name, setting.default) for name, setting in known.items()}
    missing = [name for name, value in values.items() if value is REQUIRED]
    if missing:
        wanted = " ".join(f"--set {name}=…" for name in missing)
        raise UsageError(f"{owner} does not work without {', '.join(missing)}: add {wanted}")
    return values


def distribute(
    assignments: Iterable[str], methods: Mapping[str, Iterable[Setting]]
) -> dict[str, dict[str, str]]:
    """Overrides of each method, as text, from what `--set` was given.

    `steps=20` goes to every method that has such a setting, `eosvos-50.steps=20` to that one only
    and before the former.

    Args:
        assignments: as typed.
        methods: name → its settings.

    Raises:
        UsageError: an assignment has no `=`, names a method that was not chosen, or a setting that
            no chosen method has.

    >>> steps = Setting("steps", int, 10)
    >>> distribute(["steps=20", "b.steps=5"], {"a": [steps], "b": [steps], "c": []})
    {'a': {'steps': '20'}, 'b': {'steps': '5'}, 'c': {}}
    """
    shared: dict[str, dict[str, str]] = {name: {} for name in methods}
    own: dict[str, dict[str, str]] = {name: {} for name in methods}
    known = {name: [setting.name for setting in settings] for name, settings in methods.items()}
    for assignment in assignments:
        key, equals, value = assignment.partition("=")
        if not equals or not key:
            raise UsageError(f"--set takes key=value, not {assignment!r}")
        method, dot, setting = key.rpartition(".")
        if dot and method not in methods:
            chosen = ", ".join(methods)
            hint = suggestion(method, methods)
            raise UsageError(f"--set {assignment}: {method} is not among {chosen}{hint}")
        takers = [method] if dot else [name for name in methods if setting in known[name]]
        if not takers:
            there = sorted({name for names in known.values() for name in names})
            raise UsageError(
                f"--set {assignment}: no chosen method has a setting {setting!r}"
                f"{suggestion(setting, there)}; there are {', '.join(there) or 'none'}"
            )
        for name in takers:
            (own if dot else shared)[name][setting] = value
    return {name: {**shared[name], **own[name]} for name in methods}


def find_setting(owner: str, settings: Iterable[Setting], name: str) -> Setting:
    """The setting called `name`.

    Raises:
        UsageError: there is none; says which there are and which is closest.
    """
    known = {setting.name: setting for setting in settings}
    if name in known:
        return known[name]
    there = f"its settings are {', '.join(known)}" if known else "it has no settings"
    raise UsageError(f"{owner} has no setting {name!r}{suggestion(name, known)}; {there}")


def check_at_least(settings: object, **least: float) -> None:
    """Raise `UsageError` if an attribute of `settings` is below the least that means something.

    >>> from types import SimpleNamespace
    >>> check_at_least(SimpleNamespace(steps=5), steps=0)
    """
    for name, low in least.items():
        value = getattr(settings, name)
        if not value >= low:  # false for what is not a number, too
            raise UsageError(f"the setting {name} is {value}; it must be {low} or more")


def describe(annotation: Any) -> str:
    """A type in the words of a command line.

    >>> describe(int | None), describe(Literal["adam", "sgd"])
    ('a whole number or none', 'adam or sgd')
    """
    if _is_union(annotation):
        return " or ".join(describe(member) for member in get_args(annotation))
    if get_origin(annotation) is Literal:
        return " or ".join(str(choice) for choice in get_args(annotation))
    words = {
        int: "a whole number",
        float: "a number",
        bool: "true or false",
        str: "text",
        Path: "a path",
        types.NoneType: "none",
    }
    return words.get(annotation, f"{annotation}, which cannot be set by --set")


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _convert(text: str, annotation: Any) -> object:
    """`text` as `annotation`; raises `ValueError` if it does not fit."""
    if _is_union(annotation):
        return _convert_union(text, get_args(annotation))
    if get_origin(annotation) is Literal:
        for choice in get_args(annotation):
            if str(choice) == text:
                return choice
        raise ValueError("not one of the choices")
    if annotation is bool:
        if text.lower() not in _BOOLEANS:
            raise ValueError("no boolean")
        return _BOOLEANS[text.lower()]
    if annotation is types.NoneType:
        if text.lower() != "none":
            raise ValueError("not none")
        return None
    if annotation is Path:
        return Path(text).expanduser()
    if annotation in (int, float, str):
        return annotation(text)
    raise ValueError("no type that text can stand for")


def _convert_union(text: str, members: tuple[Any, ...]) -> object:
    """The first member that fits; None and text last and in this order, as both take much."""
    order = {types.NoneType: 1, Path: 2, str: 3}
    for member in sorted(members, key=lambda member: order.get(member, 0)):
        try:
            return _convert(text, member)
        except ValueError:
            continue
    raise ValueError("no member fits")
