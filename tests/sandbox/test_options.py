from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from sandbox.assemblyai.errors import ApiError
from sandbox.assemblyai.options import KNOWN, check_request

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["https://a.example/", "en"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(sorted(KNOWN)) | st.text(), VALUES, max_size=6) | VALUES)
def test_whatever_is_asked_is_taken_or_refused_in_words(body: Any) -> None:
    try:
        request = check_request(body)
    except ApiError as exc:
        assert exc.status == 400
        assert exc.message
    else:
        assert None not in request.values()
        assert request["audio_url"]


@given(st.dictionaries(st.sampled_from(sorted(set(KNOWN) - {"audio_url"})), st.none()))
def test_nulls_are_as_good_as_left_out(body: Any) -> None:
    assert check_request({**body, "audio_url": "https://a.example/"}) == {"audio_url": "https://a.example/"}
