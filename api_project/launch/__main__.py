"""`python -m api_project.launch`"""

import signal
import sys


def main() -> int:
    """Run the service; return the exit status."""
    # Until something runs that has to be ended in order, a Ctrl-C just ends this process. Before the imports, which
    # take a second.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from api_project.launch.run import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
