"""Text of streamed tokens."""

from hypothesis import given
from hypothesis import strategies as st

from rnn_templates.runtime.text_stream import TextStream

PIECES = st.lists(st.text("abcé😀", max_size=4), max_size=12)


@given(PIECES, st.lists(st.text("abc", min_size=1, max_size=4), max_size=3), st.integers(1, 3))
def test_any_split_of_the_bytes_gives_the_text_up_to_the_first_stop_string(pieces, stops, size):
    text = "".join(pieces)
    data = text.encode()
    stream = TextStream(stops)
    found = "".join(stream.feed(data[start : start + size]) for start in range(0, len(data), size)) + stream.finish()
    places = [text.find(stop) for stop in stops if stop in text]
    if size == 1 or len(stops) < 2:  # else a longer stop string may be found in the same piece
        ends = [text.find(stop) + len(stop) for stop in stops if stop in text]
        first = min(ends, default=None)
        expected = [text[: text.find(stop)] for stop in stops if stop in text and text.find(stop) + len(stop) == first]
        assert found in (expected or [text])
    assert len(found) <= min(places, default=len(text)) or len(stops) > 1


def test_text_comes_as_soon_as_no_stop_string_can_begin_in_it():
    stream = TextStream(("stop",))
    assert [stream.feed(piece.encode()) for piece in ("a", "s", "t", "x", "sto")] == ["a", "", "", "stx", ""]
    assert stream.finish() == "sto" and not stream.stopped


def test_incomplete_characters_are_held_back_and_replaced_at_the_end():
    stream = TextStream()
    assert [stream.feed(byte) for byte in (b"\xf0\x9f", b"\x98\x80", b"\xe2")] == ["", "😀", ""]
    assert stream.finish() == "\N{REPLACEMENT CHARACTER}"


def test_a_space_at_the_beginning_is_dropped_if_asked():
    stream = TextStream(strip=True)
    assert stream.feed(b" a") + stream.feed(b" b") == "a b"
