"""The limit, the windows it is counted in, and how answers tell of it.

https://www.ietf.org/archive/id/draft-ietf-httpapi-ratelimit-headers-10.html
"""

import math
from dataclasses import dataclass
from zlib import crc32

POLICY_HEADER = "RateLimit-Policy"
STANDING_HEADER = "RateLimit"
POLICY = "default"


@dataclass(frozen=True)
class Limit:
    """So many requests in each window of so many seconds."""

    requests: int
    seconds: int

    def window_end(self, bucket: str, now: float) -> int:
        """Return when the bucket's present window ends, in seconds since the epoch.

        Each bucket's windows begin at moments of its own, so that not all clients come back at once.
        """
        offset = crc32(bucket.encode()) % self.seconds
        return (math.floor(now + offset) // self.seconds + 1) * self.seconds - offset

    @property
    def header(self) -> str:
        return f'"{POLICY}";q={self.requests};w={self.seconds}'


@dataclass(frozen=True)
class Standing:
    """Where a bucket stands: requests in its present window, this one among them, and when the window ends."""

    limit: Limit
    used: int
    ends: int

    @property
    def is_over(self) -> bool:
        return self.used > self.limit.requests

    @property
    def remaining(self) -> int:
        return max(0, self.limit.requests - self.used)

    def seconds_left(self, now: float) -> int:
        """Return after how many seconds there is a new window, rounded up; 0 when it has begun."""
        return max(0, math.ceil(self.ends - now))

    def header(self, now: float) -> str:
        return f'"{POLICY}";r={self.remaining};t={self.seconds_left(now)}'
