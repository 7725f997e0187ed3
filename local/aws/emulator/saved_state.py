"""Refuses to start without a readable state. MiniStack ignores a damaged file, and starts with an empty service."""

import json
import os
import sys
from contextlib import contextmanager

from ministack.core.persistence import PERSIST_STATE, STATE_DIR, _json_object_hook

# EX_DATAERR. The last line of the log is a sentence for the operator, see supervisor.ts.
EXIT_CODE = 65


def load_or_refuse(service):
    """Replaces MiniStack's load_state(). Returns None if there is no file."""
    path = os.path.join(STATE_DIR, f"{service}.json")
    if not PERSIST_STATE or not os.path.exists(path):
        return None
    with refusing_damage(path), open(path, encoding="utf-8") as file:
        saved = json.load(file, object_hook=_json_object_hook)
        if not isinstance(saved, dict) or saved.get("payload") is None:
            raise ValueError(path)
        return saved["payload"]


def require(services):
    """Refuses to start if one of these services has no file."""
    for path in (os.path.join(STATE_DIR, f"{service}.json") for service in services):
        if not os.path.exists(path):
            refuse(f"The file {path} is missing: start with --fresh.")


@contextmanager
def refusing_damage(path):
    """Around the reading of a file."""
    try:
        yield
    except OSError as error:
        refuse(f"The file {path} can't be read ({error.strerror}): check its permissions, or start with --fresh.")
    except (ValueError, KeyError, TypeError):
        refuse(f"The file {path} is damaged: start with --fresh.")


def refuse(sentence):
    print(sentence, file=sys.stderr, flush=True)
    os._exit(EXIT_CODE)
