"""Methods and datasets by name, from vosbench, other distributions and files."""

import subprocess
import sys
from pathlib import Path

import pytest

from vosbench.datasets.options import DatasetOptions
from vosbench.errors import UsageError
from vosbench.method import Method
from vosbench.registry import (
    dataset_entries,
    load_method,
    method_entries,
    method_settings,
    open_dataset,
)
from vosbench.sequence import Dataset

PLUGIN = '''\
"""Paints a rectangle."""

from vosbench.method import Method

VARIANTS = {"box-1": {"width": 1}, "box-9": {"width": 9}}


class Box(Method):
    def __init__(self, *, width: int = 3, filled: bool = True, device: str = "cpu") -> None:
        self.width, self.filled, self.device = width, filled, device

    def fit(self, image, mask):
        self.mask = mask

    def step(self, image):
        return self.mask
'''

DATASET = '''\
"""Nothing at all."""

from vosbench.sequence import Dataset

DATASETS = {"empty": "no sequences"}


def open_dataset(name, options):
    return Dataset(name, "davis2017", ())
'''


@pytest.fixture
def plugin(tmp_path: Path) -> Path:
    file = tmp_path / "box.py"
    file.write_text(PLUGIN)
    return file


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Install a distribution of one module by its files, as pip would leave them."""

    def install(name: str, source: str | None, group: str, module: str = "") -> None:
        site = tmp_path / "site"
        info = site / f"{name}-1.2.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {module or name}\n")
        if source is not None:
            (site / f"{name}.py").write_text(source)
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, name, raising=False)

    return install


def entry(name: str, **kwargs):
    return next(entry for entry in method_entries(**kwargs) if entry.name == name)


def test_built_in_methods_say_what_they_are() -> None:
    found = entry("copy-first")
    assert found.summary.startswith("The mask of the first frame")
    assert found.origin == "vosbench 0.1.0"
    assert not [entry.problem for entry in method_entries() if entry.problem]


def test_built_in_datasets_say_what_they_are() -> None:
    found = {entry.name: entry for entry in dataset_entries()}
    assert {"davis2016", "davis2017", "folders"} <= set(found)
    assert all(entry.summary and not entry.problem for entry in found.values())


def test_listing_imports_no_network_library() -> None:
    code = (
        "import sys; from vosbench.registry import dataset_entries, method_entries;"
        "method_entries(); dataset_entries();"
        "sys.exit(' '.join({'torch', 'pandas', 'skimage', 'matplotlib'} & set(sys.modules)))"
    )
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.stderr.strip() == ""


def test_a_file_brings_a_method_with_its_variants(plugin: Path) -> None:
    assert entry("box-9", plugins=[plugin]).origin == str(plugin)
    loaded = load_method("box-9", {"filled": "no"}, device="mps", plugins=[plugin])
    assert loaded.settings == {"width": 9, "filled": False}
    assert loaded.overrides == {"filled": False}
    assert loaded.label == "box-9"
    method = loaded.build()
    assert isinstance(method, Method)
    assert (method.width, method.filled, method.device) == (9, False, "mps")
    assert loaded.build() is not method


def test_an_override_wins_over_the_variant(plugin: Path) -> None:
    assert load_method("box-9", {"width": "4"}, plugins=[plugin]).settings["width"] == 4


def test_the_source_digest_follows_the_file(plugin: Path) -> None:
    before = load_method("box-1", plugins=[plugin]).source_sha256
    assert load_method("box-9", plugins=[plugin]).source_sha256 == before
    plugin.write_text(PLUGIN + "\n# changed\n")
    assert load_method("box-1", plugins=[plugin]).source_sha256 != before


def test_a_label_setting_names_the_column() -> None:
    loaded = load_method("stored", {"masks": "somewhere", "label": "OSVOS"})
    assert loaded.label == "OSVOS"
    nameless = load_method("stored", {"masks": "somewhere", "label": ""})
    assert nameless.label == "stored"
    assert loaded.settings["masks"] == Path("somewhere")


def test_settings_of_a_method_are_known_before_it_is_built() -> None:
    assert [setting.name for setting in method_settings("stored")] == ["masks", "label"]


@pytest.mark.parametrize(
    ("name", "overrides", "words"),
    [
        ("box-8", {}, r"no method 'box-8' \(did you mean box-9\?\); there are box-1, box-9, copy"),
        ("box-9", {"widht": "4"}, r"no setting 'widht' \(did you mean width\?\); its settings are"),
        ("box-9", {"width": "wide"}, "width takes a whole number, not 'wide'"),
        ("copy-first", {"steps": "1"}, "copy-first has no setting 'steps'; it has no settings"),
        ("stored", {}, "stored does not work without masks"),
    ],
)
def test_wrong_names_and_values_are_told(
    plugin: Path, name: str, overrides: dict[str, str], words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        load_method(name, overrides, plugins=[plugin])


def test_another_distribution_brings_a_method(install) -> None:
    install("voxel", PLUGIN.replace("box-", "voxel-"), "vosbench.methods")
    assert entry("voxel-1").origin == "voxel 1.2"
    assert "voxel" not in sys.modules
    assert load_method("voxel-1").settings["width"] == 1


def test_another_distribution_brings_a_dataset(install) -> None:
    install("nothing", DATASET, "vosbench.datasets")
    assert open_dataset("empty", DatasetOptions()) == Dataset("empty", "davis2017", ())


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import (", "cannot be read as Python"),
        ("VARIANTS = dict()", "must be a literal"),
        ("VARIANTS = {'a': 3}", "must map names to settings"),
        ("VARIANTS = ['a']", "must map names to settings"),
        ("", "has no VARIANTS"),
        (None, "leads nowhere: no module named 'sick'"),
    ],
)
def test_a_broken_distribution_is_listed_with_its_reason(install, source, words: str) -> None:
    install("sick", source, "vosbench.methods")
    assert words in entry("sick").problem
    assert load_method("copy-first").label == "copy-first"
    with pytest.raises(UsageError, match="method sick cannot be used: .*" + words):
        load_method("sick")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "it defines none"),
        ("import no_such_module_anywhere", "cannot be imported: ModuleNotFoundError"),
        ("raise SystemExit(0)", "cannot be imported: SystemExit: 0"),
        ("from vosbench.method import Method\nclass A(Method): ...", "does not define fit, step"),
        (
            "from vosbench.method import Method\nclass A(Method): ...\nclass B(Method): ...",
            "it defines A, B",
        ),
    ],
)
def test_a_method_without_a_usable_class_says_so(tmp_path: Path, body: str, words: str) -> None:
    file = tmp_path / "odd.py"
    file.write_text(f"VARIANTS = {{'odd': {{}}}}\n{body}\n")
    assert entry("odd", plugins=[file]).problem == ""
    with pytest.raises(UsageError, match=words):
        load_method("odd", plugins=[file])


def test_a_variant_must_fit_its_constructor(tmp_path: Path) -> None:
    file = tmp_path / "misfit.py"
    file.write_text(PLUGIN.replace('{"width": 1}', '{"height": 1}'))
    with pytest.raises(UsageError, match="box-1 has no setting 'height'"):
        load_method("box-1", plugins=[file])


def test_a_taken_name_stays_with_its_owner(install) -> None:
    install("rival", PLUGIN.replace("box-1", "copy-first"), "vosbench.methods")
    claims = [entry for entry in method_entries() if entry.name == "copy-first"]
    assert [entry.origin for entry in claims] == ["vosbench 0.1.0", "rival 1.2"]
    assert "belongs to vosbench 0.1.0" in claims[1].problem
    assert load_method("copy-first").entry == claims[0]


def test_a_file_that_takes_a_name_is_not_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "rival.py"
    file.write_text(PLUGIN.replace("box-1", "copy-first"))
    with pytest.raises(UsageError, match="the name copy-first belongs to vosbench"):
        load_method("copy-first", plugins=[file])


def test_an_unknown_name_mentions_the_file_that_could_not_be_read(tmp_path: Path) -> None:
    file = tmp_path / "typo.py"
    file.write_text("VARIANTS = {")
    with pytest.raises(UsageError, match=r"no method 'mine'.*typo.py cannot be read as Python"):
        load_method("mine", plugins=[file])


def test_an_unknown_dataset_suggests_the_closest() -> None:
    with pytest.raises(UsageError, match=r"no dataset 'davis2018' \(did you mean davis201"):
        open_dataset("davis2018", DatasetOptions())


def test_a_dataset_module_without_opener_says_so(install) -> None:
    install("hollow", "DATASETS = {'hollow': 'nothing'}", "vosbench.datasets")
    with pytest.raises(UsageError, match="no function open_dataset"):
        open_dataset("hollow", DatasetOptions())
