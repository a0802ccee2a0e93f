"""A group of commands that are made when they are asked for."""

from collections.abc import Callable
from typing import Any

import click

Maker = Callable[[], click.Command]


class LazyGroup(click.Group):
    """Knows the names of its commands; what only one of them needs is imported for that one."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._makers: dict[str, Maker] = {}

    def later(self, name: str) -> Callable[[Maker], Maker]:
        """Decorates a function that makes the command of that name."""

        def remember(maker: Maker) -> Maker:
            self._makers[name] = maker
            return maker

        return remember

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: D102
        return sorted({*super().list_commands(ctx), *self._makers})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: D102
        if cmd_name in self._makers and cmd_name not in self.commands:
            self.add_command(self._makers[cmd_name](), cmd_name)
        return super().get_command(ctx, cmd_name)
