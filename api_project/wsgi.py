"""The WSGI application that the web server loads."""

import os
import signal

from django.core.wsgi import get_wsgi_application

from api_project.launch.keepalive import with_keepalive
from api_project.launch.stopping import on_stop
from api_project.launch.tether import end_with_parent
from api_project.rest.content_types import TolerantRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "api_project.settings")

if os.environ.get("END_WITH_PARENT"):
    # Else granian's workers outlive a killed main process and keep its port.
    end_with_parent(signal.SIGKILL)
    # Until this module is loaded a worker still has its main process's handler, which only notes the signal: a stop in
    # that moment would wait until the worker is killed. Afterwards granian sets its own.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)

handler = get_wsgi_application()
handler.request_class = TolerantRequest
application = with_keepalive(handler)

if os.environ.get("END_WITH_PARENT"):
    # Imported late: it reads settings, which the application has set up.
    from api_project.rest.waiting import WAITERS

    # Those who wait get their answers while there is somebody to give them.
    on_stop(WAITERS.close)
