"""Making users."""

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.db import transaction


@transaction.atomic
def user_ensure(*, username: str) -> User:
    """Return the user of that name, made without a usable password if there is none.

    Raises ValidationError for what Django's own forms would not take as a name.
    """
    username = User.normalize_username(username)
    User._meta.get_field("username").clean(username, None)
    user, _ = get_user_model().objects.get_or_create(username=username, defaults={"password": make_password(None)})
    return user
