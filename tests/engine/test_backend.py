"""The backend shim: the same code on NumPy and on an array type that is as strict as CuPy's; messages without a GPU."""

import sys
import threading
import tracemalloc
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import strict_array
from backend_suite import run_suite, small_net_on_device, started_on_device
from engine_helpers import CASES, assert_same_bytes, blobs
from strict_array import Refused, StrictArray, to_device

from mfnumpy import backend, equations, layers, optim
from mfnumpy.bench.memory_probe import Probe, measure
from mfnumpy.cli import main
from mfnumpy.errors import BackendError, DivergedError, UnknownNameError
from mfnumpy.rules import ff
from mfnumpy.support import seeding
from mfnumpy.support.environment import environment
from mfnumpy.support.samples import check_inputs, check_labels
from mfnumpy.support.validate import same_dtype
from mfnumpy.train import Trainer


@pytest.fixture(autouse=True)
def strict():
    strict_array.register()
    backend.get(strict_array.NAME)


@pytest.fixture
def pair():
    """Two arrays of the strict kind."""
    rng = seeding.stream(0, "strict")
    return to_device(rng.standard_normal((3, 4))), to_device(rng.standard_normal((4, 3)))


# -- the strict array is strict --------------------------------------------------------------------------------

SILENT_WAYS_BACK = {
    "np.asarray": np.asarray,
    "np.array": np.array,
    "a NumPy function": np.sum,
    "a ufunc": np.exp,
    "a function of two": lambda a: np.maximum(a, 0),
    "np.concatenate": lambda a: np.concatenate([a, a]),
    "plus a NumPy array": lambda a: a + np.zeros((3, 4)),
    "a NumPy array plus it": lambda a: np.zeros((3, 4)) + a,
    "a NumPy array times it": lambda a: np.zeros((2, 3)) @ a,
    "a NumPy scalar": lambda a: a * np.float64(2),
    "a NumPy scalar first": lambda a: np.float64(2) * a,
    "an index by a NumPy array": lambda a: a[np.array([0, 1])],
    "an index by a NumPy integer": lambda a: a[np.int64(1)],
    "an index by a list": lambda a: a[[0, 1]],
    "a NumPy array indexed by it": lambda a: np.zeros(5)[a > 0],
    "assigned a NumPy array": lambda a: a.__setitem__(0, np.zeros(4)),
    "assigned into a NumPy array": lambda a: np.zeros((3, 4)).__setitem__(..., a),
    "iteration": lambda a: list(a),
    "np.add.at": lambda a: np.add.at(a, 0, 1),
    "+= at duplicates": lambda a: a.__setitem__(to_device(np.array([1, 1])), a[to_device(np.array([1, 1]))] + 1),
    "float of many": float,
    "truth of many": bool,
    "copy to the device by numpy": lambda a: to_device(np.float64(3)),
    "pickling": lambda a: __import__("pickle").dumps(a),
    "np.savez": lambda a: np.savez(__import__("io").BytesIO(), a=a),
}


@pytest.mark.parametrize("way", SILENT_WAYS_BACK)
def test_every_silent_way_back_to_numpy_is_closed(way, pair):
    with pytest.raises((TypeError, ValueError)):
        SILENT_WAYS_BACK[way](pair[0])


def test_get_is_the_only_way_back_and_copies(pair):
    host = pair[0].get()
    assert type(host) is np.ndarray
    host[...] = 0
    assert pair[0].get().any()


def test_reading_memory_that_nobody_wrote_shows():
    assert np.isnan(strict_array.XP.empty((2, 3), "float32").get()).all()


def test_the_strict_library_has_only_functions_that_cupy_has_too():
    """Held against CuPy's own list where it is installed; the names below are in its reference in any case."""
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed; its documented names are used as they are")
    assert all(hasattr(cupy, name) for name in vars(strict_array.XP))


# -- the whole suite -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_rule_runs_on_strict_arrays_and_agrees_with_numpy_bit_for_bit(name, kind, dtype, tmp_path):
    expected = run_suite("numpy", name, kind, dtype, tmp_path)
    assert_same_bytes(run_suite(strict_array.NAME, name, kind, dtype, tmp_path), expected)
    assert all(np.isfinite(v).all() for v in expected.values())


@pytest.mark.parametrize(("name", "kind"), [("mf", "cnn"), ("ff_one_pass", "mlp")])
def test_host_data_is_moved_batch_by_batch(name, kind, tmp_path):
    expected = run_suite("numpy", name, kind, "float32", tmp_path)
    assert_same_bytes(run_suite(strict_array.NAME, name, kind, "float32", tmp_path, on_device=False), expected)


PLANTED = {
    "np.maximum": lambda z: np.maximum(z, 0),
    "np.asarray": lambda z: np.asarray(z).clip(0),
    "a NumPy zero": lambda z: (z > 0) * z * np.float32(1),
}


@pytest.mark.parametrize("mistake", PLANTED)
def test_planted_numpy_in_the_forward_pass_is_caught(mistake, tmp_path, monkeypatch):
    monkeypatch.setattr(layers.ACTIVATIONS["relu"], "forward", PLANTED[mistake])
    run_suite("numpy", "mf", "mlp", "float32", tmp_path)
    with pytest.raises(Refused):
        run_suite(strict_array.NAME, "mf", "mlp", "float32", tmp_path)


@pytest.mark.parametrize(("name", "kind"), [("mf", "mlp"), ("mf_joint", "cnn"), ("ff_one_pass", "mlp"), ("dfa", "cnn")])
def test_training_on_a_device_waits_for_it_only_when_losses_are_read(name, kind, monkeypatch):
    """A number asked of an array is a wait. `unread` is 3 here: so many batches are read at once, and never one."""
    waits = []

    def counted(owner, way):
        own = getattr(owner, way)

        def call(array):
            waits.extend([way] * isinstance(array, StrictArray))
            return own(array)

        monkeypatch.setattr(owner, way, call)

    for owner, way in ((StrictArray, "__float__"), (StrictArray, "__int__"), (StrictArray, "__bool__")):
        counted(owner, way)
    counted(backend, "to_host")

    def fit(rows):
        with backend.using(strict_array.NAME):
            net = small_net_on_device(kind, "float32")
            rule = started_on_device(name, net)
            x, y = blobs(rows, net.input_shape, "float32")
            trainer = Trainer(net, rule, optim.Adam(1e-3), epochs=2, batch_size=5, show_progress=False)
            waits.clear()
            trainer.fit(backend.to_device(x), backend.to_device(y))
            return [waits.count(way) for way in ("__float__", "__int__", "__bool__", "to_host")]

    few, many = fit(15), fit(40)  # 3 and 8 batches
    assert few[:3] == many[:3]
    assert (few[3], many[3]) == (2 * 1, 2 * 3)


def test_a_loss_that_is_read_late_still_names_its_batch():
    messages = []
    for name in ("numpy", strict_array.NAME):
        with backend.using(name):
            net = small_net_on_device("mlp", "float32")
            rule = started_on_device("mf", net)
            x, y = blobs(60, net.input_shape, "float32")
            trainer = Trainer(net, rule, optim.SGD(1e30), epochs=2, batch_size=5, show_progress=False)
            with pytest.raises(DivergedError) as caught:
                trainer.fit(backend.to_device(x), backend.to_device(y))
            messages.append(str(caught.value))
    assert messages[0] == messages[1]
    assert "epoch 1, batch 2" in messages[0]


def test_adams_kernel_is_what_a_device_takes(monkeypatch):
    """A planted mistake in its formula shows; the readable step is never called."""
    monkeypatch.setattr(optim, "adam_step", None)
    start, gradient = np.ones((2, 3), "float32"), np.full((2, 3), 0.5, "float32")

    def stepped():
        parameter, adam = to_device(start), optim.Adam(1e-2)
        for _ in range(3):
            adam.update("W", parameter, to_device(gradient))
        return parameter.get()

    right = stepped()
    assert np.allclose(right, 1 - 3e-2)
    inputs, outputs, formula, name = optim.ADAM_KERNEL
    monkeypatch.setattr(optim, "ADAM_KERNEL", (inputs, outputs, formula.replace("m / bias1", "m"), name))
    assert not np.allclose(stepped(), right)


def test_planted_host_labels_are_caught(tmp_path, monkeypatch):
    monkeypatch.setattr(ff, "negative_labels", lambda y, m, rng: (backend.to_host(y) + rng.integers(1, m, len(y))) % m)
    run_suite("numpy", "ff", "mlp", "float32", tmp_path)
    with pytest.raises((Refused, BackendError)):
        run_suite(strict_array.NAME, "ff", "mlp", "float32", tmp_path)


def test_every_public_equation_and_layer_function_takes_strict_arrays(pair):
    rng = seeding.stream(1, "strict functions")
    d = lambda *shape: to_device(rng.standard_normal(shape))  # noqa: E731
    y = to_device(np.array([1, 0, 2]))
    assert isinstance(equations.softmax(pair[0]), StrictArray)
    assert isinstance(equations.one_hot(y, 4), StrictArray)
    assert float(equations.cross_entropy(pair[0], y)) > 0
    x = d(2, 6, 5, 3)
    for size, stride in ((2, None), ((2, 3), (1, 2))):
        pooled = layers.avgpool_forward(x, size, stride)
        assert layers.avgpool_backward(pooled, size, x.shape, stride).shape == x.shape
    z = layers.conv2d_forward(x, d(18, 4), d(4), (3, 2), 2, 1)
    dx, _, _ = layers.conv2d_backward(x, d(18, 4), z, (3, 2), 2, 1)
    assert dx.shape == x.shape
    assert layers.Flatten().forward(x).shape == (2, 90)
    assert all(isinstance(g, StrictArray) for g in layers.dense_backward(pair[0], pair[1], d(3, 3)))
    check_inputs(x)
    bad = rng.standard_normal((3, 4))
    bad[2, 1] = np.nan
    with pytest.raises(ValueError, match=r"1 NaN or Inf, the first at index \(2, 1\)"):
        check_inputs(to_device(bad))
    with pytest.raises(ValueError, match="0 to 1"):
        check_labels(y, 3, 2)


# -- arrays of two backends ------------------------------------------------------------------------------------


def test_mixed_arrays_raise_with_the_remedy(pair):
    host = np.zeros((4, 3))
    for mixed in (
        lambda: backend.xp_of(pair[0], host),
        lambda: layers.dense_forward(pair[0], host),
        lambda: same_dtype(x=pair[0], W=host),
        lambda: equations.cross_entropy(pair[0], np.array([0, 1, 2])),
    ):
        with pytest.raises(BackendError, match=r"two backends met: .*backend\.to_device\(x\) brings x"):
            mixed()
    with pytest.raises((Refused, BackendError)):
        optim.SGD().update("W", pair[0], np.zeros((3, 4)))


@pytest.mark.parametrize("thing", [[1, 2], 3.0, "x", (1,), np.float32(3)], ids=repr)
def test_what_is_no_array_is_refused_by_type(thing):
    with pytest.raises(BackendError, match=rf"got {type(thing).__name__}\. Make it one with backend\.to_device"):
        backend.xp_of(thing)


def test_moving_there_and_back(pair):
    host = np.arange(6.0).reshape(2, 3)
    assert backend.to_host(host) is host
    assert backend.to_device(host) is host
    with backend.using(strict_array.NAME):
        there = backend.to_device(host)
        assert isinstance(there, StrictArray)
        assert backend.to_device(there) is there
        assert np.array_equal(backend.to_host(there), host)
        assert backend.is_array(there)
        backend.synchronize()
    back = backend.to_device(there)
    assert type(back) is np.ndarray
    assert not backend.is_array([1, 2])


def test_none_is_passed_over_and_nothing_means_the_backend_in_use(pair):
    assert backend.xp_of(None, pair[0], None) is strict_array.XP
    assert backend.xp_of(None) is np
    with backend.using(strict_array.NAME):
        assert backend.xp_of() is strict_array.XP


def test_random_numbers_are_drawn_on_the_host_and_the_same_everywhere():
    expected = layers.he_normal(seeding.stream(3, "w"), 5, 4, "float32")
    with backend.using(strict_array.NAME):
        there = layers.he_normal(seeding.stream(3, "w"), 5, 4, "float32")
    assert np.array_equal(there.get(), expected)


# -- choosing a backend ----------------------------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch):
    """No backend chosen yet, none but NumPy loaded."""
    monkeypatch.setattr(backend, "_current", None)
    monkeypatch.setattr(backend, "_loaded", {"numpy": backend._loaded["numpy"]})
    monkeypatch.delenv("MFNUMPY_BACKEND", raising=False)
    return monkeypatch


def test_numpy_is_the_default_and_the_environment_may_choose(fresh):
    assert backend.current().name == "numpy"
    fresh.setattr(backend, "_current", None)
    fresh.setenv("MFNUMPY_BACKEND", strict_array.NAME)
    assert backend.current().name == strict_array.NAME
    assert backend.use("numpy").name == "numpy"
    assert backend.current().name == "numpy"


@pytest.mark.parametrize(("name", "hint"), [("cuppy", "Did you mean 'cupy'"), ("Numpy", "Did you mean 'numpy'")])
def test_an_unknown_backend_suggests_the_nearest(fresh, name, hint):
    for choose in (backend.use, backend.get):
        with pytest.raises(UnknownNameError, match=rf"no backend named '{name}'\. {hint}"):
            choose(name)
    fresh.setenv("MFNUMPY_BACKEND", name)
    with pytest.raises(UnknownNameError, match=hint):
        backend.current()


def test_without_cupy_the_message_says_what_to_install(fresh):
    fresh.setitem(sys.modules, "cupy", None)
    with pytest.raises(BackendError, match=r"needs CuPy, which is not installed.*pip install cupy-cuda12x"):
        backend.use("cupy")
    assert backend.current().name == "numpy"


def test_a_cupy_that_lacks_a_part_is_not_called_absent(fresh, tmp_path):
    (tmp_path / "cupy.py").write_text("import a_part_of_cuda")
    fresh.delitem(sys.modules, "cupy", raising=False)
    fresh.syspath_prepend(tmp_path)
    with pytest.raises(
        BackendError, match=r"CuPy, which is there, and cannot be imported \(No module .*a_part_of_cuda"
    ):
        backend.use("cupy")


def test_with_cupy_and_no_gpu_the_message_says_so_and_is_no_cuda_error(fresh):
    """`import cupy` succeeds on a machine without a GPU; the first real call is what fails there."""

    def explode(*args):
        raise RuntimeError("cudaErrorInsufficientDriver")

    fake = ModuleType("cupy")
    fake.cuda = SimpleNamespace(is_available=lambda: False, Device=explode)
    fake.ndarray, fake.asarray, fake.asnumpy, fake.zeros = type("ndarray", (), {}), explode, explode, explode
    fresh.setitem(sys.modules, "cupy", fake)
    with pytest.raises(BackendError, match=r"needs an NVIDIA GPU with a working driver.*MFNUMPY_BACKEND=numpy"):
        backend.use("cupy")
    assert backend.current().name == "numpy"
    with pytest.raises(BackendError), backend.using("cupy"):
        pytest.fail("the block must not run")
    assert backend.current().name == "numpy"


def test_a_fake_gpu_is_used_as_asked(fresh):
    synchronised = []
    device = SimpleNamespace(synchronize=lambda: synchronised.append(1), id=3)
    fake = ModuleType("cupy")
    fake.cuda = SimpleNamespace(is_available=lambda: True, Device=lambda: device, MemoryHook=FakeHook)
    fake.cuda.runtime = SimpleNamespace(getDeviceProperties=lambda number: {"name": f"Device {number}".encode()})
    fake.ndarray, fake.asarray, fake.asnumpy = StrictArray, to_device, StrictArray.get
    fresh.setitem(sys.modules, "cupy", fake)
    assert "device" not in environment()
    with backend.using("cupy") as chosen:
        assert chosen.xp is fake
        assert environment()["device"] == "Device 3"
        assert isinstance(backend.to_device(np.zeros(3)), StrictArray)
        backend.synchronize()
        assert synchronised == [1]
        assert list(backend.blocks_of(backend.to_device(np.zeros(10**5)))) == [slice(0, 10**5)]
    assert backend.current().name == "numpy"


class FakeHook:
    """As cupy.cuda.MemoryHook: while a hook is entered, the pool tells it of what it hands out and takes back."""

    entered: list = []  # noqa: RUF012

    def __enter__(self):
        self.entered.append(self)
        return self

    def __exit__(self, *error):
        self.entered.remove(self)


def fake_pool(size):
    """malloc and free of the fake GPU: rounded to 512 bytes; a size of 0 stands for a pool that has no more."""
    rounded = -(-size // 512) * 512
    for hook in FakeHook.entered:
        hook.malloc_postprocess(device_id=0, size=size, mem_size=rounded, mem_ptr=size and 4096, pmem_id=1)

    def free():
        for hook in FakeHook.entered:
            hook.free_postprocess(device_id=0, mem_size=rounded, mem_ptr=4096, pmem_id=1)

    return free


def test_a_fake_gpu_counts_the_bytes_of_its_pool(fresh):
    fake = ModuleType("cupy")
    fake.cuda = SimpleNamespace(is_available=lambda: True, Device=None, MemoryHook=FakeHook)
    fake.ndarray, fake.asarray, fake.asnumpy = StrictArray, to_device, StrictArray.get
    fresh.setitem(sys.modules, "cupy", fake)
    earlier = fake_pool(5000)
    with backend.using("cupy") as chosen, chosen.meter() as meter:
        first, second = fake_pool(1000), fake_pool(513)
        assert (meter.used(), meter.peak()) == (2048, 2048)
        first()
        fake_pool(0)
        assert (meter.used(), meter.peak()) == (1024, 2048)
        meter.reset()
        fake_pool(100)
        assert (meter.used(), meter.peak()) == (1536, 1536)
        second()
        earlier()
        assert meter.used() == 1536 - 1024 - 5120
    fake_pool(10**6)
    assert not FakeHook.entered
    assert meter.peak() == 1536


def test_the_meter_of_numpy_counts_arrays_and_leaves_tracemalloc_as_it_was():
    for was_on in (False, True):
        if was_on:
            tracemalloc.start()
        with backend.get("numpy").meter() as meter:
            before = meter.used()
            big = np.ones(10**6)
            assert abs(meter.used() - before - big.nbytes) < 10_000
            del big
            assert meter.peak() - before > 8e6
            meter.reset()
            assert meter.peak() - before < 10_000
        assert tracemalloc.is_tracing() == was_on
    tracemalloc.stop()


@pytest.mark.parametrize("kind", ["dense", "conv"])
def test_a_memory_probe_runs_on_strict_arrays_and_trains_the_same(kind):
    options = {"rule": "mf", "depth": 2, "width": 6, "batch": 9, "inputs": 13, "side": 5, "kind": kind, "steps": 2}
    expected, found = (measure(Probe(**options, backend=name)) for name in ("numpy", strict_array.NAME))
    assert found["digest"] == expected["digest"]
    assert found["peak"] > 0
    assert backend.current().name == "numpy"


def test_a_memory_study_says_that_layers_on_disk_are_not_for_a_gpu(tmp_path, capsys):
    with backend.using("numpy"):  # and back, for the command takes up its own
        assert main(["memory", "--only", "offload", "--backend", strict_array.NAME, "--out", str(tmp_path)]) == 0
    assert "layers on disk: not measured" in capsys.readouterr().out
    assert "offload" not in (tmp_path / "memory.json").read_text()


def test_using_goes_back_after_an_error():
    with pytest.raises(KeyError), backend.using(strict_array.NAME):
        raise KeyError
    assert backend.current().name == "numpy"


@pytest.mark.parametrize("size", [0, 1, 32_768, 32_769, 100_000])
def test_blocks_cover_an_array_once(size):
    a = np.zeros(size)
    for block in backend.blocks_of(a):
        a[block] += 1
    assert (a == 1).all()


# -- a real GPU ------------------------------------------------------------------------------------------------


@pytest.mark.gpu
def test_mf_keeps_three_copies_of_its_parameters_per_layer_on_a_gpu(cupy):
    width, classes = 1000, 10
    peaks = [measure(Probe(rule="mf", depth=d, width=width, batch=64, backend="cupy"))["peak"] for d in (3, 6)]
    assert (peaks[1] - peaks[0]) / 3 == pytest.approx(3 * 4 * (width * width + classes * width), abs=20_000)


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_adams_kernel_on_a_gpu_is_adam_step(dtype, cupy):
    rng = seeding.stream(2, "kernel")
    start, gradients = rng.standard_normal((37, 5)).astype(dtype), rng.standard_normal((4, 37, 5)).astype(dtype)
    found = []
    for where in ("numpy", "cupy"):
        with backend.using(where):
            parameter, adam = backend.to_device(start.copy()), optim.Adam(1e-2)
            for gradient in gradients:
                adam.update("W", parameter, backend.to_device(gradient), scale=0.5)
            found.append([backend.to_host(a) for a in (parameter, adam.m["W"], adam.v["W"])])
    for here, there in zip(*found, strict=True):
        assert there.dtype == dtype
        assert np.allclose(here, there, rtol=1e-6 if dtype == "float32" else 1e-14, atol=1e-7)


@pytest.mark.gpu
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("name", "kind"), CASES)
def test_every_rule_on_a_gpu_agrees_with_numpy(name, kind, dtype, cupy, tmp_path):
    """Not bit for bit: cuBLAS sums in another order, and Adam's first steps are signs of tiny numbers."""
    expected = run_suite("numpy", name, kind, dtype, tmp_path)
    found = run_suite("cupy", name, kind, dtype, tmp_path)
    assert set(found) == set(expected)
    single = dtype == "float32"
    for key in expected:
        one_step = key.startswith(("gradient", "scores"))
        tolerance = (1e-4 if single else 1e-10) if one_step else (5e-2 if single else 1e-6)
        assert found[key].dtype == expected[key].dtype, key
        assert np.allclose(found[key], expected[key], rtol=tolerance, atol=tolerance), key


def test_two_threads_that_count_bytes_do_not_disturb_each_other():
    """tracemalloc has one peak for the process: a reset in one thread would make another's count too low."""
    inside, tried = threading.Event(), threading.Event()
    counted = []

    def another():
        inside.wait(10)
        tried.set()
        with backend.current().meter() as meter:
            meter.reset()
            counted.append(meter.peak())

    thread = threading.Thread(target=another)
    thread.start()
    with backend.current().meter() as meter:
        meter.reset()
        before = meter.used()
        kept = np.ones(1_000_000)
        del kept
        inside.set()
        assert tried.wait(10)
        thread.join(0.2)
        assert not counted
        assert meter.peak() - before >= 8_000_000
    thread.join(10)
    assert counted
