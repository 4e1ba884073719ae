"""Cells as Jupyter runs them: a real IPython, whose outputs are kept as data.

The warm process imports this module, if it is preloaded, and each child makes its own shell when
its first cell runs. As in ``worker``, nothing here defends anything: student code shares the
process, and the grader reads what comes out as the student's word (see ``autograder.outputs``).
"""

from __future__ import annotations

import builtins
import getpass
import importlib
import os
import sys
from collections.abc import Coroutine
from types import ModuleType
from typing import Any

from IPython.core.compilerop import CachingCompiler
from IPython.core.display_functions import display
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from IPython.utils.text import LSString, SList
from traitlets.config import Config

from autograder.sandbox.loop import event_loop
from autograder.sandbox.recorder import Output, Recorder
from autograder.sandbox.streams import Current, recorded

_INLINE = "module://matplotlib_inline.backend_inline"
_NO_PROGRAMS = "no programs can be started here: {}\n"
_USED_OFTEN = ("%time x = [1]\nx", "x.a", "x[", "!x", "%%capture\nprint(x)", "x?")
_FIGURE = "from matplotlib import pyplot\npyplot.plot([1, 2])"
_NOT_FOUND = 127  # the exit code of a shell that does not find a program


def run(number: int, source: str) -> list[Output]:
    """Execute one cell in ``__main__``; its outputs in order, see ``recorder``.

    Args:
        number: what Jupyter shows as ``In [number]``.
        source: the cell, with IPython's commands.
    """
    recorder = Recorder()
    shell = _shell()
    with recorded(recorder):
        shell.execution_count = number
        shell.run_whole(source)
    return recorder.outputs()


def warm_up() -> None:
    """Make the shell and use it once, where children are forked from: they take it over."""
    shown = sys.stdout, sys.stderr, sys.modules["__main__"], sys.displayhook, sys.excepthook
    try:
        shell = _made()
        _draw_inline(shell)
        with recorded(Recorder()):
            for source in (*_USED_OFTEN, _FIGURE if "matplotlib.pyplot" in sys.modules else ""):
                shell.run_whole(source)
        shell.reset()  # type: ignore[no-untyped-call]
        _without_files()
    finally:
        sys.stdout, sys.stderr, sys.modules["__main__"], sys.displayhook, sys.excepthook = shown


def _without_files() -> None:
    """%autoreload reads the files of all modules; children may not read ours.

    Done here and not in each child, where it would copy a page of memory for each module.
    """
    importlib.import_module("autograder.sandbox.zygote")  # brings the rest of what will be there
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "autograder":
            vars(module).pop("__file__", None)


def _shell() -> Shell:
    """This process' shell, in ``__main__``."""
    shell = Shell.instance() if Shell.initialized() else _made()
    assert isinstance(shell, Shell)
    module = sys.modules["__main__"]
    if shell.user_module is not module:
        _settle(shell, module)
    return shell


def _made() -> Shell:
    """A shell with a module of its own, that reads no configuration and keeps no history."""
    config = Config()
    config.HistoryManager.enabled = False  # or there would be a database and a thread
    config.HistoryManager.hist_file = ":memory:"
    shell = Shell.instance(
        config=config,
        ipython_dir="",
        profile_dir=ProfileDir(),  # no folder
        user_module=ModuleType("__main__"),
        compiler_class=_Compiler,
        display_pub_class=_Publisher,
        displayhook_class=_Hook,
    )
    assert isinstance(shell, Shell)
    return shell


def _settle(shell: Shell, module: ModuleType) -> None:
    """Work in ``module`` from now on; what it shows becomes outputs, figures too."""
    sys.modules["__main__"] = module
    shell.user_module, shell.user_ns = module, module.__dict__
    shell.init_user_ns()  # type: ignore[no-untyped-call]
    del shell.user_ns["open"]  # IPython's; the usual one is among the builtins
    shell.user_ns.update(exit=sys.exit, quit=sys.exit, display=display, _="", __="", ___="")
    shell.user_ns_hidden.update(shell.user_ns)
    builtins.input = getpass.getpass = _no_input
    if os.environ.get("MPLBACKEND") != _INLINE:  # not done before the fork
        _draw_inline(shell)


def _draw_inline(shell: Shell) -> None:
    """Figures become outputs: of ``plt.show()``, or where the cell ends."""
    os.environ["MPLBACKEND"] = _INLINE
    if "matplotlib.pyplot" in sys.modules:
        shell.enable_matplotlib("inline")  # type: ignore[no-untyped-call]
    elif matplotlib := sys.modules.get("matplotlib"):
        matplotlib.use(_INLINE)


def _no_input(prompt: object = "", *_: object, **__: object) -> str:
    __tracebackhide__ = True  # the student's line is what matters
    raise StdinNotImplementedError("nobody can answer here: input() is not available")


# ---------------------------------------------------------------- the shell


class _Publisher(DisplayPublisher):
    """``display()`` and ``clear_output()``."""

    def publish(  # type: ignore[override]
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: object,
    ) -> None:
        if (recorder := Current.recorder) is None:
            return
        self._validate_data(data, metadata)  # type: ignore[no-untyped-call]
        display_id = (transient or {}).get("display_id")
        if update:
            recorder.update(display_id, data, metadata or {})
        else:
            recorder.show("display_data", data, metadata or {}, display_id)

    def clear_output(self, wait: bool = False) -> None:
        if Current.recorder is not None:
            Current.recorder.clear(wait)


class _Hook(DisplayHook):
    """The value of a cell's last expression."""

    def write_output_prompt(self) -> None:
        """Outputs have no prompt."""

    def write_format_data(
        self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None
    ) -> None:
        if Current.recorder is not None:
            Current.recorder.show("execute_result", format_dict, md_dict or {})

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Compiler(CachingCompiler):
    """Gives cells the file names that ``worker`` gives them."""

    def get_code_name(self, raw_code: str, transformed_code: str, number: int) -> str:
        return f"<cell {number}>"


class Shell(InteractiveShell):
    """IPython without a terminal, files, threads or programs."""

    def enable_gui(self, gui: str | None = None) -> None:
        """``%matplotlib inline`` asks for none."""

    def run_whole(self, source: str) -> None:
        """Run one cell, and all that waits for its end, figures for one.

        Not ``run_cell``: that keeps a second copy of all that is printed.
        """
        failed = None
        try:
            transformed = self.transform_cell(source)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - shown as the cell's error
            transformed, failed = source, sys.exc_info()
        cell = self.run_cell_async(
            source,
            store_history=True,
            transformed_cell=transformed,
            preprocessing_exc_tuple=failed,
        )
        wait = self.should_run_async(
            source, transformed_cell=transformed, preprocessing_exc_tuple=failed
        )
        try:
            result = event_loop().run_until_complete(cell) if wait else _at_once(cell)
        finally:
            self.events.trigger("post_execute")
        self.events.trigger("post_run_cell", result)

    def _showtraceback(self, etype: type, evalue: object, stb: list[str]) -> None:
        if Current.recorder is not None:
            Current.recorder.error(etype.__name__, _said(evalue), list(stb))

    def _format_exception_for_storage(self, *_: object, **__: object) -> dict[str, Any]:
        """Nobody asks for it, and it takes as long as the traceback itself."""
        return {}

    def system(self, cmd: str) -> None:
        """``!ls``: says that it cannot be."""
        sys.stderr.write(_NO_PROGRAMS.format(cmd))
        self.user_ns["_exit_code"] = _NOT_FOUND

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> SList | LSString:
        """``files = !ls``: nothing."""
        self.system(cmd)
        return SList() if split else LSString()


def _said(error: object) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001 - student code
        return ""


def _at_once(cell: Coroutine[Any, Any, Any]) -> Any:
    """Run a cell that waits for nothing."""
    try:
        cell.send(None)
    except StopIteration as end:
        return end.value
    cell.close()
    raise RuntimeError("the cell waits for something")
