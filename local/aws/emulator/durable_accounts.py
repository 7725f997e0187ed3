"""Journals user accounts and sessions: an acknowledged sign-up or sign-in survives a SIGKILL."""

from journal import encode
from ministack.services import cognito

READING = ("Get", "List", "Describe", "AdminGet", "AdminList")


class DurableAccounts:
    def __init__(self, journal):
        self._journal = journal
        # The accounts as last written.
        self._users = {}
        self._tokens = {}

    def install(self):
        dispatch = cognito._dispatch_idp

        async def dispatch_and_write(action, data):
            answer = await dispatch(action, data)
            if not action.startswith(READING):
                self._write_changes()
            return answer

        cognito._dispatch_idp = dispatch_and_write
        for kind in ("user", "tokens"):
            self._journal.applies(kind, getattr(self, f"_again_{kind}"))

    def know(self):
        """Starts journaling changes."""
        self._users = dict(users())
        self._tokens = dict(cognito._refresh_tokens)

    def _write_changes(self):
        with self._journal.transaction():
            now = dict(users())
            for (scoped, name), text in now.items():
                if self._users.get((scoped, name)) != text:
                    user = cognito._user_pools.get_scoped(*scoped)["_users"][name]
                    self._journal.write({"do": "user", "pool": scoped, "name": name, "user": user})
            for scoped, name in self._users.keys() - now.keys():
                self._journal.write({"do": "user", "pool": scoped, "name": name, "user": None})
            tokens = dict(cognito._refresh_tokens)
            if tokens != self._tokens:
                added = {token: tokens[token] for token in tokens.keys() - self._tokens.keys()}
                removed = sorted(self._tokens.keys() - tokens.keys())
                self._journal.write({"do": "tokens", "added": added, "removed": removed})
            self._users, self._tokens = now, tokens

    def _again_user(self, change):
        pool, name, user = cognito._user_pools.get_scoped(*change["pool"]), change["name"], change["user"]
        if pool is None:
            return
        if user is None:
            pool["_users"].pop(name, None)
        else:
            pool["_users"][name] = user
        for group, described in pool["_groups"].items():
            members = [member for member in described.get("_members", []) if member != name]
            described["_members"] = members + [name] if user and group in user.get("_groups", []) else members
        pool["EstimatedNumberOfUsers"] = len(pool["_users"])

    def _again_tokens(self, change):
        cognito._refresh_tokens.update(change["added"])
        for token in change["removed"]:
            cognito._refresh_tokens.pop(token, None)


def users():
    for scoped, pool in cognito._user_pools.all_items():
        for name, user in list(pool["_users"].items()):
            yield (tuple(scoped), name), encode(user)
