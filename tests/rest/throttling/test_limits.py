import pytest

from api_project.rest.throttling.limits import Limit, Standing

LIMIT = Limit(requests=600, seconds=60)


def test_the_policy_is_told_as_the_draft_has_it() -> None:
    assert LIMIT.header == '"default";q=600;w=60'


def test_where_one_stands_is_told_as_the_draft_has_it() -> None:
    assert Standing(LIMIT, used=1, ends=1042).header(now=1000.0) == '"default";r=599;t=42'


def test_less_than_nothing_is_never_left() -> None:
    assert Standing(LIMIT, used=700, ends=1000).header(now=1000.5) == '"default";r=0;t=0'


@pytest.mark.parametrize("seconds", [1, 60, 86_400])
@pytest.mark.parametrize("bucket", ["key:1", "key:2", "user:7"])
def test_a_window_ends_within_its_length(bucket: str, seconds: int) -> None:
    limit = Limit(1, seconds)
    for now in (0.0, 59.999, 60.0, 1_795_348_800.25):
        assert 0 < limit.window_end(bucket, now) - now <= seconds
        assert limit.window_end(bucket, limit.window_end(bucket, now)) == limit.window_end(bucket, now) + seconds


def test_windows_of_different_buckets_end_at_different_moments() -> None:
    assert len({LIMIT.window_end(f"key:{number}", 1000.0) for number in range(50)}) > 20
