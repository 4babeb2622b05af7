"""The page where audio becomes text, and one page per transcript. Everything on them works without JavaScript."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from transcripts.exceptions import OverBudget, WrongStatus
from transcripts.models import Transcript
from transcripts.pages.accepting import Problem, accept_address, accept_file, problem_of
from transcripts.pages.asked import LANGUAGES, filled_in
from transcripts.pages.listing import list_page, read_asked
from transcripts.presenting import HELD_UP, LABELS, display_name, show
from transcripts.reading.turns import spoken_turns
from transcripts.selectors import provider_alarm, transcript_get, transcript_text
from transcripts.services import transcript_delete, transcript_retry
from transcripts.usage.selectors import usage_get


class Page(LoginRequiredMixin, View):
    """A page for whoever is signed in; all others are sent to sign in."""

    @property
    def owner(self) -> User:
        return cast(User, self.request.user)

    def transcript(self, transcript_id: UUID) -> Transcript:
        """Return one of the user's own transcripts; 404 for all others."""
        try:
            return transcript_get(owner=self.owner, transcript_id=transcript_id)
        except Transcript.DoesNotExist as exc:
            raise Http404 from exc


# The token of an upload is checked where the body is read: before that it would be Django that stores the file.
@method_decorator(csrf_exempt, name="dispatch")
@method_decorator(never_cache, name="dispatch")
class HomeView(Page):
    """Take audio, and list what was taken before."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            accept = accept_file if request.content_type == "multipart/form-data" else accept_address
            transcript = accept(request)
        except PermissionDenied:
            raise
        except Exception as exc:
            return self.answer(request, problem_of(exc, request))
        return redirect("transcript-page", transcript.pk)

    def answer(self, request: HttpRequest, problem: Problem | None = None) -> HttpResponse:
        asked = read_asked(request.GET)
        page = list_page(owner=self.owner, asked=asked)
        alarm = provider_alarm()
        address = request.POST.get("audio_url", "") if problem else ""
        given = filled_in(request.POST.dict()) if problem else {}
        context = {
            "rows": [show(transcript, alarm) for transcript in page.transcripts],
            "older": page.older and asked.address(before=page.older),
            "newest": asked.address(before=None),
            "asked": asked,
            "list_problem": page.problem,
            "statuses": LABELS,
            "first_page": asked.before is None,
            "problem": problem,
            "address": address,
            "given_with": {"address" if address else "file": given},
            "languages": LANGUAGES,
            "alarm": alarm,
            "held_up": HELD_UP,
            "max_bytes": settings.MAX_UPLOAD_BYTES,
            "usage": usage_get(owner_id=self.owner.pk, now=timezone.now()),
        }
        return render(request, "transcripts/home.html", context, status=problem.status if problem else 200)


@method_decorator(never_cache, name="dispatch")
class TranscriptPageView(Page):
    """One transcript: its state, and its text or what went wrong."""

    def get(self, request: HttpRequest, transcript_id: UUID) -> HttpResponse:
        transcript = self.transcript(transcript_id)
        alarm = provider_alarm()
        context = {
            "shown": show(transcript, alarm),
            "text": transcript_text(transcript),
            "turns": spoken_turns(transcript),
            "alarm": alarm,
            "held_up": HELD_UP,
        }
        return render(request, "transcripts/transcript.html", context)


class RetryView(Page):
    """Queue a failed transcript again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, transcript_id: UUID) -> HttpResponse:
        transcript = self.transcript(transcript_id)
        try:
            transcript_retry(transcript=transcript)
        except WrongStatus:
            messages.info(request, "There is nothing to try again: it did not fail.")
        except OverBudget as exc:
            messages.info(request, str(exc))
        return redirect("transcript-page", transcript_id)


class DeleteView(Page):
    """Ask whether to delete, and delete."""

    def get(self, request: HttpRequest, transcript_id: UUID) -> HttpResponse:
        shown = show(self.transcript(transcript_id), None)
        return render(request, "transcripts/delete.html", {"shown": shown})

    def post(self, request: HttpRequest, transcript_id: UUID) -> HttpResponse:
        transcript = self.transcript(transcript_id)
        transcript_delete(transcript=transcript)
        messages.info(request, format_html("“<bdi>{}</bdi>” was deleted.", display_name(transcript)))
        return redirect("home")
