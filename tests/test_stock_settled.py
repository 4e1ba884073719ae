"""No test cell leaves anything behind in the process where the next student is judged."""

from __future__ import annotations

import decimal
import random
import warnings

import numpy as np
import pytest

from autograder.stock.settled import settings_kept

CHANGES = (
    "import numpy as np\nnp.seterr(all='raise')",
    "import numpy as np\nnp.set_printoptions(precision=1)",
    "import numpy as np\nnp.random.seed(1)",
    "import random\nrandom.seed(1)",
    "import warnings\nwarnings.simplefilter('ignore')",
    "import decimal\ndecimal.getcontext().prec = 3",
)


def seen() -> tuple[object, ...]:
    return (
        np.geterr(),
        np.get_printoptions(),
        np.random.get_state()[1].tolist(),
        random.getstate(),
        list(warnings.filters),
        decimal.getcontext().prec,
    )


@pytest.mark.parametrize("source", CHANGES)
def test_what_a_cell_sets_is_put_back(source):
    before = seen()
    with settings_kept():
        exec(source, {})
        assert seen() != before, "the cell changes nothing"
    assert seen() == before


@pytest.mark.parametrize("source", CHANGES)
def test_also_after_an_error(source):
    before = seen()
    with pytest.raises(ZeroDivisionError), settings_kept():
        exec(source + "\n1 / 0", {})
    assert seen() == before
