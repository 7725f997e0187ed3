"""Writes MiniStack's state while it runs, so that the journal since then stays short.

MiniStack itself writes its state only when it stops. On SIGUSR1 a forked copy of the process writes the state, while the emulator
continues. When everything is written, the file `complete` appears beside the state.
"""

import copy
import gc
import logging
import os
import signal
import threading

# A lock that another thread held at the fork is never released in the copy, so the copy has a time limit.
LIMIT_SECONDS = 60


def write_on_signal(state_dir, durability):
    running = threading.Lock()

    def take_picture():
        if not running.acquire(blocking=False):
            return
        # On the event loop no call is half done, and the lock stops other threads from changing journaled data.
        with durability.journal.lock:
            when_complete = durability.picture_taken()
            child = os.fork()
            if child == 0:
                write_and_exit(state_dir, durability)

        def wait():
            _, status = os.waitpid(child, 0)
            if status == 0:
                when_complete()
                with open(os.path.join(state_dir, "complete"), "w", encoding="utf-8") as marker:
                    marker.write("complete\n")
            running.release()

        threading.Thread(target=wait, daemon=True).start()

    def when_signalled(*_):
        import ministack.app as app

        # Before MiniStack serves, there is nothing to write.
        if app._MAIN_LOOP is not None:
            app._MAIN_LOOP.call_soon_threadsafe(take_picture)

    signal.signal(signal.SIGUSR1, when_signalled)


def write_and_exit(state_dir, durability):
    status = 1
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(LIMIT_SECONDS)
        logging.disable(logging.CRITICAL)
        # This process has copied the data by forking: services need not copy them once more, nor look for garbage.
        copy.deepcopy = lambda value, memo=None: value
        gc.disable()
        from ministack.app import _build_persistence_save_dict
        from ministack.core.persistence import save_all

        if durability.save(lambda: save_all(_build_persistence_save_dict())):
            status = 0
    finally:
        os._exit(status)
