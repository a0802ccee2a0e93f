"""What pyproject.toml cannot say: plug-ins, reports and the command line lie beside the core.

They are installed as `vosbench.methods`, `vosbench.reports` and `vosbench.cli`, so that no generic
name lands in site-packages.
"""

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

BESIDE_THE_CORE = {"vosbench.methods": "methods", "vosbench.reports": "reports"}


class BuildWithCommandLine(build_py):
    """Builds cli.py as `vosbench.cli`."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """The modules of a package as (package, name, file)."""
        modules = super().find_package_modules(package, package_dir)
        return [*modules, ("vosbench", "cli", "cli.py")] if package == "vosbench" else modules


if __name__ == "__main__":
    core = find_packages(include=["vosbench", "vosbench.*"])
    inner = [
        f"{package}.{name}"
        for package, folder in BESIDE_THE_CORE.items()
        for name in find_packages(folder)
    ]
    setup(
        # a set: links made by `make dev` show the moved packages twice
        packages=sorted({*core, *BESIDE_THE_CORE, *inner}),
        package_dir=BESIDE_THE_CORE,
        cmdclass={"build_py": BuildWithCommandLine},
    )
