"""What a cell shows is kept in order, and never more than fits; the rest is counted."""

from __future__ import annotations

import pytest

from autograder.sandbox import recorder
from autograder.sandbox.recorder import Recorder

PNG = b"\x89PNG\r\n\x1a\n"


def texts(record: Recorder) -> list[tuple[str, str]]:
    return [(o["name"], o["text"]) for o in record.outputs() if o["output_type"] == "stream"]


def dropped(record: Recorder) -> tuple[int, int]:
    last = record.outputs()[-1:]
    if last and last[0]["output_type"] == "dropped":
        return last[0]["characters"], last[0]["outputs"]
    return 0, 0


def test_nothing():
    assert Recorder().outputs() == []


def test_pieces_of_one_stream_are_one_output():
    record = Recorder()
    for name, text in [("stdout", "a"), ("stdout", "b\n"), ("stderr", "e"), ("stdout", "c")]:
        record.stream(name, text)
    assert texts(record) == [("stdout", "ab\n"), ("stderr", "e"), ("stdout", "c")]


def test_lines_beyond_the_limit_are_counted():
    record = Recorder()
    for number in range(2_000):
        record.stream("stdout", f"{number % 10}\n")
    assert texts(record) == [("stdout", "".join(f"{n % 10}\n" for n in range(1_000)))]
    assert dropped(record) == (2_000, 0)


@pytest.mark.parametrize("end", ["\n", ""])
def test_the_beginning_of_a_long_text_is_kept(end):
    record = Recorder()
    record.stream("stdout", "x\u2028\x0c\n" * 1_001 + end)
    assert texts(record) == [("stdout", "x\u2028\x0c\n" * 1_000)]
    assert dropped(record) == (4 + len(end), 0)


def test_one_line_without_end():
    record = Recorder()
    for _ in range(3):
        record.stream("stderr", "x" * 2**19)
    assert texts(record) == [("stderr", "x" * 2**20)]
    assert dropped(record) == (2**19, 0)


def test_lines_of_both_streams_count():
    record = Recorder()
    record.stream("stdout", "a\n" * 600)
    record.stream("stderr", "b\n" * 600)
    assert [text.count("\n") for _, text in texts(record)] == [600, 400]
    assert dropped(record) == (400, 0)


def test_streams_that_alternate_for_ever():
    record = Recorder()
    for _ in range(450):
        record.stream("stdout", "a")
        record.stream("stderr", "b")
    assert len(texts(record)) == recorder.MAX_OUTPUTS
    assert dropped(record) == (350, 0)  # the other stream goes on in the last output


def test_outputs_beyond_the_limit_but_the_error_is_there():
    record = Recorder()
    for number in range(250):
        record.show("display_data", {"text/plain": str(number)}, {})
    record.error("E", "why", ["line"])
    outputs = record.outputs()
    assert [o["output_type"] for o in outputs[199:]] == ["display_data", "error", "dropped"]
    assert dropped(record) == (0, 50)


def test_text_that_does_not_fit_is_left_out_whole():
    record = Recorder()
    record.show("display_data", {"text/plain": "t", "text/html": "x" * (2**20 + 1)}, {})
    assert record.outputs()[0]["data"] == {"text/plain": "t"}
    assert dropped(record) == (2**20 + 1, 0)


def test_images_beyond_the_limit():
    record = Recorder()
    for _ in range(3):
        record.show("display_data", {"image/png": PNG + b"x" * (3 * 2**20)}, {})
    assert [o["output_type"] for o in record.outputs()] == ["display_data"] * 2 + ["dropped"]
    assert dropped(record)[1] >= 1


def test_base64_is_understood_and_rubbish_is_not():
    record = Recorder()
    record.show("display_data", {"image/png": "iVBORw0KGgo="}, {})
    record.show("display_data", {"image/jpeg": b"no image"}, {})
    record.show("display_data", {"image/png": "=a="}, {})
    assert record.outputs()[0]["data"] == {"image/png": PNG}
    assert dropped(record) == (0, 2)


def test_only_known_kinds_are_kept():
    record = Recorder()
    widget = {"application/vnd.jupyter.widget-view+json": {}, "application/javascript": "x"}
    record.show("display_data", {"text/plain": "w", **widget}, {})
    assert record.outputs() == [
        {"output_type": "display_data", "data": {"text/plain": "w"}, "size": {}}
    ]


def test_a_size_is_kept_and_nothing_else():
    record = Recorder()
    meta = {"width": 10, "height": True, "other": 1}
    record.show("display_data", {"image/png": PNG}, {"image/png": meta})
    assert record.outputs()[0]["size"] == {"width": 10}


def test_a_long_traceback_keeps_both_ends():
    record = Recorder()
    record.error("E", "v" * 20_000, [str(number) for number in range(500)])
    (error,) = record.outputs()
    assert error["traceback"][:2] + error["traceback"][-2:] == ["0", "1", "498", "499"]
    assert len(error["traceback"]) == recorder.MAX_TRACEBACK + 1
    assert len(error["evalue"]) == recorder.MAX_VALUE


def test_lone_surrogates_become_something_that_can_be_written():
    record = Recorder()
    record.stream("stdout", "a\ud800b")
    record.error("\ud800", "\udfff", ["\ud800"])
    for output in record.outputs():
        str(output).encode()


def test_clearing_makes_room_again():
    record = Recorder()
    for number in range(5):
        record.stream("stdout", f"{number}\n" * 900)
        record.clear(wait=False)
    record.stream("stdout", "end\n")
    assert texts(record) == [("stdout", "end\n")]
    assert dropped(record) == (0, 0)


def test_clearing_that_waits_does_nothing_until_there_is_more():
    record = Recorder()
    record.stream("stdout", "old")
    record.clear(wait=True)
    assert texts(record) == [("stdout", "old")]
    record.stream("stdout", "new")
    assert texts(record) == [("stdout", "new")]


def test_what_is_shown_under_a_name_is_replaced():
    record = Recorder()
    record.show("display_data", {"text/plain": "old"}, {}, "a")
    record.update("a", {"text/plain": "new"}, {})
    record.update("no such", {"text/plain": "lost"}, {})
    assert [o["data"]["text/plain"] for o in record.outputs()] == ["new"]


def test_replacing_for_ever_takes_no_room_without_end():
    record = Recorder()
    record.show("display_data", {"text/plain": "old"}, {}, "a")
    for _ in range(10):
        record.update("a", {"text/plain": "x" * 2**18}, {})
    assert sum(len(str(o)) for o in record.outputs()) < 2**20
