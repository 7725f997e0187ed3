"""Logs the times of calls as JSON lines to the file in TIMES, if set (npm run bench:orders).

  - each call of a function: the whole call and the part in its process, as the emulator measures them; the handler's time and
    its wait for each of its own calls, as the process measures them (worker.js, which reads TIMES too);
  - each call of DynamoDB: the emulator's own work.
"""

import json
import os
import threading
import time


def write_down(file):
    log = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(**what):
        os.write(log, (json.dumps(what, separators=(",", ":")) + "\n").encode())

    time_functions(note)
    time_tables(note)


def since(began):
    return (time.perf_counter() - began) * 1_000


def time_functions(note):
    import ministack.core.lambda_runtime as runtime
    import ministack.services.lambda_svc as lambda_service

    this_call = threading.local()
    invoke, execute = runtime.Worker.invoke, lambda_service._execute_function_warm

    def invoke_timed(self, *args, **kwargs):
        began = time.perf_counter()
        response = invoke(self, *args, **kwargs)
        this_call.times = {"processMs": since(began), "handlerMs": response.get("handlerMs", 0), "waitedMs": response.get("waitedMs", {})}
        return response

    def execute_timed(func, event, request_id):
        began = time.perf_counter()
        this_call.times = {"processMs": 0, "handlerMs": 0, "waitedMs": {}}
        result = execute(func, event, request_id)
        note(function=(func.get("config") or func).get("FunctionName"), ms=since(began), **this_call.times)
        return result

    runtime.Worker.invoke = invoke_timed
    lambda_service._execute_function_warm = execute_timed


def time_tables(note):
    from ministack.services import dynamodb

    handle = dynamodb.handle_request

    async def handle_timed(method, path, headers, body, query_params):
        # The handler never waits, so this is its own work, plus any time that other threads ran in between.
        began = time.perf_counter()
        answer = await handle(method, path, headers, body, query_params)
        note(action=headers.get("x-amz-target", "").split(".")[-1], ms=since(began))
        return answer

    dynamodb.handle_request = handle_timed
