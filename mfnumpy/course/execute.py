"""Running a submission so that one bad cell costs its own points and no others."""

from __future__ import annotations

from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader.preprocessors import Execute
from traitlets import Bool, Integer, Unicode

SHOWN = ("stream", "display_data", "execute_result", "update_display_data")


class _Stopped(Exception):
    """A cell had to be stopped, and its kernel with it."""

    def __init__(self, index: int, why: str):
        super().__init__(why)
        self.index, self.why = index, why


class LimitedExecute(Execute):
    """nbgrader's Execute, with limits that hold.

    A cell that runs for too long, or ends the Python process, is marked as failed, and the notebook is run again
    without it in a new process, so that the cells after it are graded for what they are. Output beyond the limit is
    dropped while it comes, so that it never piles up in memory.
    """

    interrupt_on_timeout = Bool(False)  # code can survive an interrupt; it cannot survive the end of its process
    shutdown_kernel = Unicode("immediate")
    iopub_timeout = Integer(30)
    max_output = Integer(200_000, help="characters of output that are kept for each cell").tag(config=True)
    max_restarts = Integer(4, help="how many cells may have to be stopped before the rest is left out").tag(config=True)

    def preprocess(self, nb: Any, resources: Any = None, km: Any = None) -> Any:
        """Run all cells; raise nothing for anything that a student's cell can do."""
        self._stopped: dict[int, str] = {}
        while True:
            self._written: dict[int, int] = {}
            try:
                return super().preprocess(nb, resources, km)
            except _Stopped as stop:
                self._stopped[stop.index] = stop.why

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> Any:
        """Run one cell, unless it was stopped before, or too many were."""
        if cell.cell_type == "code" and len(self._stopped) > self.max_restarts:
            return self._failed(cell, "not run: too many cells before it had to be stopped"), resources
        if index in self._stopped:
            return self._failed(cell, self._stopped[index]), resources
        try:
            return super().preprocess_cell(cell, resources, index)
        except CellTimeoutError:
            raise _Stopped(index, f"stopped: the cell ran for more than {self.timeout} seconds") from None
        except DeadKernelError:
            raise _Stopped(index, "stopped: the cell ended the Python process, or ran out of memory") from None

    def process_message(self, msg: Any, cell: Any, cell_index: int) -> Any:
        """Take up a cell's output, as long as there is room for it."""
        kind, content = msg["msg_type"], msg["content"]
        if kind == "error":
            content["evalue"] = content["evalue"][:5000]
            content["traceback"] = [line[:5000] for line in content["traceback"][-50:]]
        elif kind in SHOWN:
            before = self._written.get(cell_index, 0)
            size = len(content["text"]) if kind == "stream" else sum(len(str(v)) for v in content["data"].values())
            self._written[cell_index] = before + size
            if before > self.max_output:
                return None
            if before + size > self.max_output:
                text = content["text"][: self.max_output - before] if kind == "stream" else ""
                msg["msg_type"] = msg["header"]["msg_type"] = "stream"
                msg["content"] = {"name": "stdout", "text": f"{text}\n[the rest of the output was dropped]\n"}
        return super().process_message(msg, cell, cell_index)

    def _failed(self, cell: Any, why: str) -> Any:
        cell.outputs = [nbformat.v4.new_output("error", ename="NotGraded", evalue=why, traceback=[why])]
        return cell
