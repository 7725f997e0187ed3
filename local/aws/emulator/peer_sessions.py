"""Accepts role sessions of functions in other Regions.

On AWS, IAM covers all Regions. MiniStack 1.5.33 has an IAM for each process, which knows only the roles of its own Region. Each
Region writes its sessions and role policies to a file of a shared folder (writeFunctionSessions in
local/aws/network/functionSessions.ts). A session is read at its first call, policies at each call.
"""

import json
import os


def accept(folder):
    import ministack.core.iam_evaluator as iam
    import ministack.services.sts as sts

    own = f"{os.environ['MINISTACK_REGION']}.json"

    def peers():
        for name in os.listdir(folder):
            if name.endswith(".json") and name != own:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    yield json.load(file)

    class SessionsOfAccount(dict):
        def __contains__(self, key):
            if super().__contains__(key):
                return True
            found = [peer["sessions"][key] for peer in peers() if key in peer["sessions"]] if is_session(key) else []
            self.update((key, session) for session in found)
            return bool(found)

        def get(self, key, default=None):
            return self[key] if key in self else default

    gather = iam._gather_role_policies

    def gather_of_account(role_name, account_id):
        return gather(role_name, account_id) or [
            iam.parse_policy_document(document) for peer in peers() for document in peer["policies"].get(role_name, [])
        ]

    sts._sessions = SessionsOfAccount(sts._sessions)
    iam._gather_role_policies = gather_of_account


def is_session(key):
    return isinstance(key, str) and key.startswith("ASIA")
