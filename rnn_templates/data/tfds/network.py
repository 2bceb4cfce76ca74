"""Whether the machine has a network."""

import queue
import threading
import time

from rnn_templates.utils.extras import require

URLS = ("https://storage.googleapis.com", "https://github.com", "https://huggingface.co")
SECONDS = 4.0


def has_network(seconds=SECONDS):
    """Returns whether one of the hosts of many data sets can be reached.

    TFDS repeats a download that fails for minutes. Proxies of the environment are used, as by TFDS.

    Args:
        seconds: float; how long to wait at most.

    Example:
        >>> has_network(0.0)
        False
    """
    replies, end = queue.SimpleQueue(), time.monotonic() + seconds
    for url in URLS:  # the resolution of names has no timeout: threads that are not waited for
        threading.Thread(target=_request, args=(url, seconds, replies), daemon=True).start()
    for _ in URLS:
        try:
            if replies.get(timeout=max(0.0, end - time.monotonic())):
                return True
        except queue.Empty:
            return False
    return False


def _request(url, seconds, replies):
    requests = require("requests", "datasets", "A download")
    try:
        requests.head(url, timeout=max(0.1, seconds))
        replies.put(True)
    except requests.RequestException:
        replies.put(False)
