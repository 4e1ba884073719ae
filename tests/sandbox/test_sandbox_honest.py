"""What honest notebooks do works inside, with the libraries of the course (T00)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import LIMITS, SECONDS, value_of

from autograder.errors import SandboxUnavailable
from autograder.model import Cell, Limits, Returned, Tier
from autograder.sandbox.child import Child
from autograder.sandbox.launcher import Nursery

PRELOAD = ("numpy", "torch", "scipy.signal", "scipy.ndimage", "matplotlib.pyplot")


@pytest.fixture(scope="module", params=[Tier.S2, Tier.S1])
def course(request: pytest.FixtureRequest) -> Iterator[Nursery]:
    with Nursery(PRELOAD, tier=request.param, slots=1) as nursery:
        yield nursery


@pytest.fixture(scope="module")
def notebook(course) -> Iterator[Child]:
    try:
        sandbox = course.sandbox(0)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    child = sandbox.child(Limits())
    yield child
    child.close()
    sandbox.close()


# What libraries go on without: a search for fonts or cores, and a wish where memory should lie.
GOES_ON = {"execve", "mbind"}


def run(child: Child, source: str) -> None:
    assert child.run(Cell(1, source), SECONDS) == Returned([])
    assert child.refused <= GOES_ON, "a library has a new need"


def test_training_saves_and_loads(notebook):
    source = """
import torch, os
from torch import nn
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 36, 2))
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
images, labels = torch.randn(16, 1, 8, 8), torch.randint(0, 2, (16,))
losses = []
for _ in range(20):
    optimizer.zero_grad()
    loss = nn.functional.cross_entropy(net(images), labels)
    loss.backward()
    optimizer.step()
    losses.append(float(loss))
torch.save(net.state_dict(), "net.pt")
net.load_state_dict(torch.load("net.pt"))
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images, labels), batch_size=4)
assert sum(len(x) for x, _ in loader) == 16
assert losses[-1] < losses[0] / 2
"""
    run(notebook, source)


def test_training_with_threads_of_its_own(notebook):
    source = """
import torch
torch.set_num_threads(2)
net = torch.nn.Sequential(
    torch.nn.Conv2d(1, 16, 3), torch.nn.BatchNorm2d(16), torch.nn.ReLU(), torch.nn.Flatten(),
    torch.nn.Linear(16 * 26 * 26, 10),
)
optimizer = torch.optim.Adam(net.parameters())
images, labels = torch.randn(32, 1, 28, 28), torch.randint(0, 10, (32,))
before = net[0].weight.detach().clone()
for _ in range(2):
    optimizer.zero_grad()
    torch.nn.functional.cross_entropy(net(images), labels).backward()
    optimizer.step()
assert not torch.equal(net[0].weight, before)
"""
    run(notebook, source)
    assert len(list(Path(f"/proc/{notebook.process_id}/task").iterdir())) > 1
    run(notebook, "torch.set_num_threads(1)")


def test_numpy_in_all_its_parts(notebook):
    source = """
import numpy as np
a = np.random.default_rng(0).random((50, 50))
np.linalg.svd(a), np.linalg.inv(a), np.fft.fft2(a), a @ a
np.save("a.npy", a); np.savez_compressed("b.npz", a=a); np.savetxt("c.txt", a)
assert np.array_equal(np.load("a.npy"), np.load("b.npz")["a"])
np.testing.assert_allclose(np.loadtxt("c.txt"), a)
windows = np.lib.stride_tricks.sliding_window_view(a, (3, 3))
assert windows.shape == (48, 48, 3, 3)
"""
    run(notebook, source)


def test_scipy(notebook):
    run(
        notebook,
        "import numpy as np, scipy.signal, scipy.ndimage\n"
        "k = np.ones((3, 3))\n"
        "assert scipy.signal.convolve2d(np.eye(5), k, mode='valid').shape == (3, 3)\n"
        "assert scipy.ndimage.maximum_filter(np.eye(5), 3).max() == 1",
    )


def test_arrays_that_lie_in_a_file(notebook):
    source = """
import numpy as np
mapped = np.memmap("mapped.bin", dtype=np.float32, mode="w+", shape=(4, 4))
mapped[:] = 3
mapped.flush()
assert np.memmap("mapped.bin", dtype=np.float32, mode="r").sum() == 48
"""
    run(notebook, source)


def test_tables(notebook):
    source = """
import pandas as pd
table = pd.DataFrame({"epoch": [1, 2, 3], "loss": [0.9, 0.5, 0.3], "kind": ["a", "b", "a"]})
table.to_csv("history.csv", index=False)
again = pd.read_csv("history.csv")
assert again.equals(table.astype(again.dtypes))
assert again.groupby("kind")["loss"].mean()["a"] == 0.6
assert "loss" in again.describe().to_html()
table.to_json("history.json"), table.to_pickle("history.pickle")
assert len(pd.read_pickle("history.pickle")) == 3
"""
    run(notebook, source)


def test_classic_learning(notebook):
    source = """
import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
images, labels = load_digits(return_X_y=True)
seen, unseen, known, wanted = train_test_split(images[:600], labels[:600], random_state=0)
model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)).fit(seen, known)
assert model.score(unseen, wanted) > 0.9
assert confusion_matrix(wanted, model.predict(unseen)).shape == (10, 10)
forest = RandomForestClassifier(20, n_jobs=2, random_state=0).fit(seen, known)
assert cross_val_score(forest, seen, known, cv=2).mean() > 0.7
"""
    run(notebook, source)


def test_plots_are_drawn_and_never_block(notebook):
    run(
        notebook,
        "%matplotlib inline".replace("%matplotlib inline", "import os")
        + "\nimport matplotlib.pyplot as plt, numpy as np\n"
        "plt.imshow(np.eye(5), cmap='gray'); plt.title('é'); plt.colorbar(); plt.show()\n"
        "plt.figure(); plt.plot([1, 2]); plt.savefig('plot.png')\n"
        "assert os.path.getsize('plot.png') > 1000",
    )


def test_threads_and_temporary_files(notebook):
    source = """
import concurrent.futures, queue, tempfile, threading
with concurrent.futures.ThreadPoolExecutor(4) as pool:
    assert list(pool.map(abs, [-1, -2])) == [1, 2]
q = queue.Queue()
threading.Thread(target=q.put, args=(5,)).start()
assert q.get(timeout=5) == 5
with tempfile.TemporaryDirectory() as folder, open(folder + "/x", "w") as file:
    file.write("x")
"""
    run(notebook, source)


def test_the_standard_library(course, notebook):
    """In S1 a copy keeps neither mode nor times: ``copyfile`` does what ``copy`` does in S2."""
    copy = "copy" if course.tier is Tier.S2 else "copyfile"
    source = f"""
import collections, csv, dataclasses, datetime, functools, gzip, itertools, json, logging, math
import pathlib, pickle, re, shutil, statistics, time, timeit, typing, unittest, zipfile
pathlib.Path("a.txt").write_text("x"); shutil.{copy}("a.txt", "b.txt")
assert time.perf_counter() and datetime.datetime.now() and time.strftime("%Y")
assert timeit.timeit("1", number=10) >= 0
print(f"{{math.pi:.3f}}", datetime.date(2024, 1, 1))
"""
    run(notebook, source)
    assert "3.142 2024-01-01" in notebook.printed


def test_a_torch_tensor_in_place_of_an_array_is_named(notebook):
    run(notebook, "import torch\ndef f(a):\n    return torch.as_tensor(a)")
    reply = notebook.call("f", (np.eye(2),), {}, SECONDS)
    assert isinstance(reply, Returned)
    assert getattr(reply.value, "type_name", None) == "torch.Tensor"


def test_torch_draws_other_numbers_in_every_child(course, notebook):
    sandbox = course.sandbox(0)
    drawn = []
    for _ in range(2):
        child = sandbox.child(LIMITS)
        drawn.append(value_of(child, "import torch; return float(torch.rand(1))"))
        child.close()
    sandbox.close()
    assert drawn[0] != drawn[1]


def test_too_large_a_tensor_is_a_memory_error(course, notebook):
    sandbox = course.sandbox(0)
    child = sandbox.child(LIMITS)
    reply = child.run(Cell(1, "import torch; x = torch.zeros(1 << 30)"), SECONDS)
    assert getattr(reply, "kind", None) == "MemoryError", reply
    sandbox.close()
