"""How a log line looks: one sentence, then a stable `action` and the ids that were given with it."""

import logging
from datetime import UTC, datetime

# Everything that the logging package itself puts on a record, and what Django adds that is not an id.
_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "request", "server_time", "sql"}
_FIRST = ("action", "request_id")


class LineFormatter(logging.Formatter):
    """Write `time level logger: sentence action=… request_id=… other=…`, on one line but for a traceback."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line without its traceback."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        given = {name: value for name, value in vars(record).items() if name not in _OWN}
        extras = {name: value for name, value in given.items() if value not in (None, "", "-")}
        names = [*(name for name in _FIRST if name in extras), *(name for name in sorted(extras) if name not in _FIRST)]
        parts = [f"{time} {record.levelname} {record.name}: {_on_one_line(record.message)}"]
        parts += [f"{name}={_quoted(extras[name])}" for name in names]
        return " ".join(parts)


def _on_one_line(text: str) -> str:
    # A line break inside a value would let whoever chose it write lines of the log.
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _quoted(value: object) -> str:
    text = _on_one_line(str(value))
    return f'"{text}"' if " " in text else text
