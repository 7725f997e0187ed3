"""Replicates multi-Region KMS keys between MiniStack processes, one for each Region.

MiniStack 1.5.33 replicates a key inside one process only. Two more actions do it between processes. Only the account's root can
call them, because a role would need a grant on an action that AWS does not have:
  - StayopenExportKey {KeyId, ReplicaRegion}: adds the Region to the primary key and returns its record with the key material;
  - StayopenImportReplica {Key, Policy, Description, Tags}: creates this Region's replica of the key.
"""

import copy
import json


def share_between_processes():
    import ministack.services.kms as kms
    from ministack.core.responses import get_account_id, get_region

    def error(code, message):
        return kms.error_response_json(code, message, 400)

    def export_key(data):
        record = kms._resolve_key(data.get("KeyId", ""))
        if not record:
            return error("NotFoundException", f"Key {data.get('KeyId', '')} not found")
        if not record.get("MultiRegion"):
            return error("UnsupportedOperationException", f"{record['Arn']} is not a multi-Region key.")
        region = data["ReplicaRegion"]
        if region not in record["_mrk_regions"]:
            record["_mrk_regions"] = [*record["_mrk_regions"], region]
        for (account, of_region, key_id), entry in kms.get_state()["keys"]._data.items():
            if (account, of_region, key_id) == (get_account_id(), get_region(), record["KeyId"]):
                return kms.json_response({"Key": entry})
        return error("NotFoundException", f"Key {record['KeyId']} not found")

    def import_replica(data):
        entry = copy.deepcopy(data["Key"])
        key_id = entry["KeyId"]
        if key_id in kms._keys:
            return error("AlreadyExistsException", f"Key {key_id} already exists in region {get_region()}")
        entry.update({
            "Arn": f"arn:aws:kms:{get_region()}:{get_account_id()}:key/{key_id}",
            "Description": data.get("Description", ""),
            "Tags": data.get("Tags", []),
            "_mrk_type": "PRIMARY" if entry["_mrk_primary_region"] == get_region() else "REPLICA",
        })
        if data.get("Policy"):
            entry["Policy"] = data["Policy"]
        kms._restore_state({"keys": {key_id: entry}})
        return kms.json_response({"KeyId": key_id, "Arn": entry["Arn"]})

    own_actions = {"StayopenExportKey": export_key, "StayopenImportReplica": import_replica}
    handle_request = kms.handle_request

    async def handle_request_of_several_processes(method, path, headers, body, query_params):
        action = own_actions.get(headers.get("x-amz-target", "").split(".")[-1])
        if action is None:
            return await handle_request(method, path, headers, body, query_params)
        return action(json.loads(body))

    kms.handle_request = handle_request_of_several_processes
