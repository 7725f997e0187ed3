"""Writes MiniStack's state while it runs, so that a run that is killed loses seconds and not the day.

MiniStack itself writes only when it is stopped. On SIGUSR1 a forked copy of the process writes what it sees and ends; the
emulator goes on meanwhile. When everything is written, the file `complete` appears beside the state.
"""

import logging
import os
import signal
import threading

# A lock that another thread held at the fork is never released in the copy: it must not wait for ever.
LIMIT_SECONDS = 60


def write_on_signal(state_dir):
    running = threading.Lock()

    def write(*_):
        if not running.acquire(blocking=False):
            return
        child = os.fork()
        if child == 0:
            try:
                signal.signal(signal.SIGALRM, signal.SIG_DFL)
                signal.alarm(LIMIT_SECONDS)
                logging.disable(logging.CRITICAL)
                from ministack.app import _build_persistence_save_dict
                from ministack.core.persistence import save_all

                save_all(_build_persistence_save_dict())
                with open(os.path.join(state_dir, "complete"), "w", encoding="utf-8") as marker:
                    marker.write("complete\n")
            finally:
                os._exit(0)

        def wait():
            os.waitpid(child, 0)
            running.release()

        threading.Thread(target=wait, daemon=True).start()

    signal.signal(signal.SIGUSR1, write)
