"""Starts MiniStack with what AWS does and MiniStack 1.5.33 does not.

Three changes, all by replacing private names of exactly that version (requirements.txt pins it, and this file refuses any other):
  - a Node.js worker of our own (worker.js): a handler's error keeps its name, as Lambda and Step Functions report it, and the
    environment stays warm afterwards;
  - an invocation that logs nothing does not wait 50 ms for a log line;
  - the whole process group dies with the process that started it, also when that one gets a SIGKILL: a guard process outside
    the group watches standard input, which the starter holds open.
"""

import os
import select
import signal
import sys
import threading

EXPECTED = "1.5.33"


def guard(alive_fd):
    """Waits until the starter (standard input) or MiniStack itself is gone, then kills what is left of MiniStack's group."""
    group = os.getpgid(0)
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    open_fds = [0, alive_fd]
    while True:
        ready, _, _ = select.select(open_fds, [], [])
        if any(os.read(fd, 4096) == b"" for fd in ready):
            break
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os._exit(0)


def start_guard():
    # The write end stays open in this process alone (Python's descriptors are not inherited by the workers), so the guard reads
    # the end of it as soon as MiniStack is gone.
    read_end, write_end = os.pipe()
    if os.fork() == 0:
        os.close(write_end)
        guard(read_end)
    os.close(read_end)
    # MiniStack has no use for standard input, and its workers must not inherit it.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    return write_end


def use_own_node_worker():
    import ministack.core.lambda_runtime as runtime
    import ministack.services.lambda_svc as lambda_service

    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "worker.js"), encoding="utf-8") as script:
        runtime._NODEJS_WORKER_SCRIPT = script.read()

    drain = runtime.Worker._drain_stderr_bounded
    runtime.Worker._drain_stderr_bounded = lambda self: drain(self, 0.003, 0.002, 0.05)

    # worker.js answers a handler's error as {"status": "ok", "failure": {errorType, errorMessage, trace}}, because MiniStack kills a
    # worker that answers "error". Here it becomes the invocation's error again.
    failure = threading.local()
    invoke = runtime.Worker.invoke

    def invoke_keeping_failure(self, *args, **kwargs):
        response = invoke(self, *args, **kwargs)
        failure.payload = response.get("failure")
        return response

    runtime.Worker.invoke = invoke_keeping_failure
    execute = lambda_service._execute_function_warm

    def execute_with_failure(func, event, request_id):
        failure.payload = None
        result = execute(func, event, request_id)
        if failure.payload and not result.get("error"):
            result = {**result, "body": failure.payload, "error": True}
        return result

    lambda_service._execute_function_warm = execute_with_failure


def main():
    alive = start_guard()
    import ministack  # noqa: F401  (imported after the fork, so that the guard stays small)
    from importlib.metadata import version

    if version("ministack") != EXPECTED:
        sys.exit(f"MiniStack {EXPECTED} is needed, {version('ministack')} is installed: remove .stayopen/venv and start again.")
    use_own_node_worker()
    from ministack.app import main as serve

    sys.argv = sys.argv[:1]
    try:
        serve()
    finally:
        os.close(alive)


if __name__ == "__main__":
    main()
