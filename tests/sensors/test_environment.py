"""Which variables of the environment are part of a fingerprint."""

import pytest

from vosbench.sensors.environment import environment


@pytest.mark.parametrize(
    "name",
    [
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "KMP_AFFINITY",
        "MALLOC_ARENA_MAX",
        "PYTORCH_ALLOC_CONF",
        "PYTORCH_CUDA_ALLOC_CONF",
        "PYTORCH_NO_CUDA_MEMORY_CACHING",
        "PYTORCH_MPS_HIGH_WATERMARK_RATIO",
        "NVIDIA_TF32_OVERRIDE",
        "ATEN_CPU_CAPABILITY",
    ],
)
def test_what_changes_speed_is_named(name: str) -> None:
    assert environment({name: "x", "PATH": "/bin"}) == {name: "x"}


def test_what_does_not_is_nobodys_business() -> None:
    private = ("HOME", "USER", "PATH", "PYTHONPATH", "AWS_SECRET", "MY_OMP_NUM_THREADS", "PYTORCH")
    assert environment(dict.fromkeys(private, "x")) == {}
    assert environment({"OMP_NUM_THREADS": ""}) == {}


@pytest.mark.parametrize(
    "value", ["/opt/a/libjemalloc.so.2:/b/libomp.so", " /x/libjemalloc.so.2  libomp.so "]
)
def test_of_preloaded_libraries_only_names_are_told(value: str) -> None:
    assert environment({"LD_PRELOAD": value}) == {"LD_PRELOAD": "libjemalloc.so.2 libomp.so"}
