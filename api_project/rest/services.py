"""Making users, and telling who may still be written for."""

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction

from api_project.rest.exceptions import AccountClosed

# What is left of them is called so, with a number.
ERASED_PREFIX = "erased-"


@transaction.atomic
def user_ensure(*, username: str, email: str = "") -> User:
    """Return the user of that name, made without a usable password if there is none.

    An e-mail address that is given is theirs from now on. Raises ValidationError for what Django's own forms would not
    take as a name or an address.
    """
    username = User.normalize_username(username)
    if username.startswith(ERASED_PREFIX):
        raise ValidationError(f"Names that begin with {ERASED_PREFIX!r} are left to users who were erased.")
    User._meta.get_field("username").clean(username, None)
    if email:
        User._meta.get_field("email").clean(email, None)
    user, _ = get_user_model().objects.get_or_create(username=username, defaults={"password": make_password(None)})
    if email:
        # An account that was closed is being erased.
        User.objects.filter(pk=user.pk, is_active=True).update(email=email)
    return user


def user_require_active(*, user_id: int) -> None:
    """Raise AccountClosed unless the user is active, and stays so until the transaction ends.

    Whatever is kept for a user is written after this, so that nothing comes into being while a user is erased.
    """
    rows = User.objects.select_for_update(no_key=True).filter(pk=user_id, is_active=True)
    if rows.values_list("pk").first() is None:
        raise AccountClosed
