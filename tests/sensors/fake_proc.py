"""A folder like /proc, with what a test puts there."""

from pathlib import Path


def write_process(
    proc: Path, pid: int, *, parent: int = 1, ticks: int = 0, name: str = "python"
) -> None:
    """A process whose `ticks` are spread over its own time and that of its ended children."""
    folder = proc / str(pid)
    folder.mkdir(parents=True, exist_ok=True)
    own, rest = divmod(ticks, 4)
    times = f"{own + rest} {own} {own} {own}"
    (folder / "stat").write_text(f"{pid} ({name}) R {parent} 1 1 0 -1 0 0 0 0 0 {times} 20 0 1\n")


def write_stat(proc: Path, cores: dict[int, str]) -> None:
    """The file `stat` with one line of columns for each core."""
    lines = [f"cpu{core} {columns}" for core, columns in cores.items()]
    (proc / "stat").write_text("\n".join(["cpu 1 2 3 4", *lines, "intr 9 0 0", "ctxt 12", ""]))


def write_namespace(proc: Path, inode: int) -> None:
    """The process namespace of this process."""
    folder = proc / "self" / "ns"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pid").symlink_to(f"pid:[{inode}]")
