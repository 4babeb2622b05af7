"""`python -m bench.waiting_rows`: make users, keys and transcripts that nobody works on, and print them as JSON.

BENCH_CLIENTS says for how many clients; each has a transcript of its own, and so many share a user.
"""

import json
import os
import sys

import django

CLIENTS_PER_USER = 50


def main() -> int:
    """Make them; print pairs of id and key, the last of which is for whoever measures beside."""
    django.setup()
    from api_project.rest.api_keys.services import api_key_create
    from api_project.rest.services import user_ensure
    from transcripts.services import transcript_create

    made = []
    clients = int(os.environ["BENCH_CLIENTS"])
    for number in range(clients + 1):
        if number % CLIENTS_PER_USER == 0 or number == clients:
            user = user_ensure(username=f"bench-{number}")
            _, key = api_key_create(user=user, name="bench", scope="write")
        transcript = transcript_create(owner=user, audio_url="https://example.com/speech.flac", title="Waited for")
        made.append([str(transcript.id), key])
    print(json.dumps(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
