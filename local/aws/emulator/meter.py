"""Logs what AWS would bill for as JSON lines to the file in METER, if set.

  - each call of DynamoDB by a role: read and write units, units of indexes, and write units without the doubling of transactions,
    which a replica consumes;
  - each call of a function: wall time, processor time of its process, bytes of log;
  - each state that an execution enters.

Functions' logs are counted, not stored: storing those of ten thousand orders would keep the emulator busy.
"""

import json
import os
import threading
import zlib

METERED = {
    "PutItem", "UpdateItem", "DeleteItem", "GetItem", "Query", "Scan",
    "BatchGetItem", "BatchWriteItem", "TransactWriteItems", "TransactGetItems",
}  # fmt: skip
WRITES = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"}

# Size of platform.start and platform.report, Lambda's own lines for each call, and CloudWatch's overhead for each line.
PLATFORM_BYTES = 190 + 380
LINE_BYTES = 26


def write_down(file):
    log = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def note(**what):
        os.write(log, (json.dumps(what, separators=(",", ":")) + "\n").encode())

    meter_tables(note)
    meter_functions(note)
    meter_states(note)


def meter_tables(note):
    from ministack.services import dynamodb

    handle = dynamodb.handle_request

    async def handle_metered(method, path, headers, body, query_params):
        action = headers.get("x-amz-target", "").split(".")[-1]
        # Calls of the local run's own tools, as root, are not billed.
        if action not in METERED or "Credential=test/" in headers.get("authorization", ""):
            return await handle(method, path, headers, body, query_params)
        request = json.loads(body)
        asked = request.get("ReturnConsumedCapacity", "NONE")
        request["ReturnConsumedCapacity"] = "INDEXES"
        status, answer_headers, answer_body = await handle(method, path, headers, json.dumps(request).encode(), query_params)
        answer = json.loads(answer_body)
        consumed = answer.get("ConsumedCapacity") if asked != "NONE" else answer.pop("ConsumedCapacity", None)
        for table in consumed if isinstance(consumed, list) else [consumed] if consumed else []:
            note(**units(action, table))
        if status == 400 and "ConditionalCheckFailed" in str(answer):
            # AWS bills a refused write too.
            note(table=request.get("TableName", ""), action="refused", read=0, write=1, index=0, replicated=0)
        text = json.dumps(answer).encode()
        return status, {**answer_headers, "x-amz-crc32": str(zlib.crc32(text) & 0xFFFFFFFF)}, text

    dynamodb.handle_request = handle_metered


def units(action, consumed):
    name, total = consumed["TableName"], consumed["CapacityUnits"]
    if action not in WRITES:
        return {"table": name, "action": action, "read": total, "write": 0, "index": 0, "replicated": 0}
    index = sum(one["CapacityUnits"] for one in consumed.get("GlobalSecondaryIndexes", {}).values())
    written = total - index
    once = written / 2 if action == "TransactWriteItems" else written
    return {"table": name, "action": action, "read": 0, "write": written, "index": index, "replicated": once}


def meter_functions(note):
    import ministack.core.lambda_runtime as runtime
    import ministack.services.lambda_svc as lambda_service

    this_call = threading.local()
    invoke = runtime.Worker.invoke

    def invoke_metered(self, *args, **kwargs):
        response = invoke(self, *args, **kwargs)
        this_call.processor_ms = response.get("processorMs", 0)
        # MiniStack does not count a start as cold if turns.py started the process before the call.
        process = self._proc and self._proc.pid
        this_call.cold = process is not None and process != getattr(self, "metered_process", None)
        self.metered_process = process
        return response

    runtime.Worker.invoke = invoke_metered

    def count_logs(func, request_id, log_text, error, duration_ms, **_):
        config = func.get("config") or func
        lines = log_text.splitlines() if log_text else []
        note(
            function=config.get("FunctionName"),
            memoryMb=config.get("MemorySize", 128),
            ms=duration_ms,
            processorMs=getattr(this_call, "processor_ms", 0),
            cold=getattr(this_call, "cold", False),
            failed=bool(error),
            logBytes=PLATFORM_BYTES + 2 * LINE_BYTES + sum(len(line.encode()) + LINE_BYTES for line in lines),
        )

    lambda_service._emit_lambda_logs = count_logs


def meter_states(note):
    from ministack.services import stepfunctions as step_functions

    add_event = step_functions._add_event

    def add_event_metered(execution, event_type, details=None):
        if event_type.endswith("StateEntered"):
            note(state=(details or {}).get("stateEnteredEventDetails", {}).get("name", event_type))
        return add_event(execution, event_type, details)

    step_functions._add_event = add_event_metered
