"""What the fork server, from which the pool's processes come, imports before it forks. Import it nowhere else.

A signal to the group (Ctrl-C, a supervisor's) is for the sandbox itself to answer: if a child died of it first, its job
would fail instead of being taken up again. So the fork server, and with it all children, leave the group.
"""

import os

import av

from sandbox.speech import child, segment

__all__ = ["av", "child", "segment"]

os.setsid()
