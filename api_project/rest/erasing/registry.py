"""What there is to erase of a user. Each app registers its part when Django starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Model


@dataclass(frozen=True)
class Eraser:
    """One app's part. Both functions may be called at any time and any number of times.

    Attributes:
        covers: the models whose rows it sees to. Every model of the service is in one of them, or a test says why not.
        count: what there still is of a user, by what people call it, in the order in which it is told.
        erase: takes it away. What cannot be taken away now is left, and counted.
    """

    covers: tuple[type[Model], ...]
    count: Callable[[User], Mapping[str, int]]
    erase: Callable[[User], None]


erasers: list[Eraser] = []
