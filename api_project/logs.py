"""How a log line looks: one sentence, then a stable `action` and the ids that were given with it."""

import logging
from datetime import UTC, datetime
from typing import Any

# Everything that the logging package itself puts on a record, and what Django adds that is not an id.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request", "server_time", "sql"}
_FIRST = ("action", "request_id")


class LineFormatter(logging.Formatter):
    """Write `time level logger: sentence action=… request_id=… other=…`, on one line but for a traceback.

    An equals sign stands between a field's name and its value, and nowhere else: what a client chose, such as an
    address in the sentence, can neither look like a field nor end one. The lines of a traceback are indented.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line without its traceback."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        given = {name: value for name, value in vars(record).items() if name not in _OWN}
        extras = {name: value for name, value in given.items() if value not in (None, "", "-")}
        names = [*(name for name in _FIRST if name in extras), *(name for name in sorted(extras) if name not in _FIRST)]
        parts = [f"{time} {record.levelname} {record.name}: {_on_one_line(record.message)}"]
        parts += [f"{name}={_quoted(extras[name])}" for name in names]
        return " ".join(parts)

    def formatException(self, ei: Any) -> str:
        """Return a traceback in which no line looks like one of the log's own."""
        return "\n".join(f"  {line}" for line in super().formatException(ei).splitlines())


def _on_one_line(text: str) -> str:
    # A line break inside a value would let whoever chose it write lines of the log.
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text).replace("=", "\\x3d")


def _quoted(value: object) -> str:
    text = str(value)
    if not any(char in text for char in ' "'):
        return _on_one_line(text)
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_on_one_line(escaped)}"'


class OneLineWarning(logging.Filter):
    """For what strangers cause at will and nothing is wrong with: a warning, and no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = record.exc_text = None
        return True
