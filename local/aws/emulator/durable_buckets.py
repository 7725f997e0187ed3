"""Journals S3's buckets, and replicates their objects to other Regions' buckets.

MiniStack writes objects to disk before it answers (S3_PERSIST), but not the settings of buckets, which are journaled here. A
replication rule whose destination is another Region's bucket adds the object's version to the outbox.
"""

import base64

from ministack.core.responses import request_scope
from ministack.services import s3

CONTENT = (
    "last_modified", "etag", "size", "content_type", "content_encoding", "metadata", "preserved_headers", "storage_class",
    "checksums", "parts",
)  # fmt: skip


class DurableBuckets:
    def __init__(self, journal, outbox, account):
        self._journal = journal
        self._outbox = outbox
        self._account = account
        self._known = set()
        # Regions of the destination buckets; stamp of each replicated object's last write.
        self._regions = {}
        self._stamps = {}
        self._destination = None
        self._pending = {}

    def install(self):
        handle, find, replicate = s3.handle_request, s3._replication_destination, s3._maybe_replicate
        replicate_marker, record_version = s3._maybe_replicate_delete_marker, s3._record_object_version

        async def handle_and_write(method, path, headers, *args, **kwargs):
            answer = await handle(method, path, headers, *args, **kwargs)
            if method in ("PUT", "DELETE") and s3._parse_bucket_key(path, headers)[1] == "":
                self._write_definitions()
            return answer

        def find_here_or_elsewhere(bucket, key, rule, role):
            name = (rule.get("Destination") or {}).get("Bucket", "").split(":::")[-1]
            if s3._bucket_owner_account(name):
                return find(bucket, key, rule, role)
            self._destination = name
            return None

        def replicate_or_note(bucket, key, written, data, tags=None):
            self._destination = None
            replicate(bucket, key, written, data, tags)
            if self._destination:
                written["replication_status"] = "PENDING"
                self._pending[bucket, key] = self._destination

        def record_version_and_add(bucket, key, prior, written, data):
            version = record_version(bucket, key, prior, written, data)
            destination = self._pending.pop((bucket, key), None)
            if destination:
                self._add(bucket, key, version, destination, False)
            return version

        def replicate_marker_or_add(bucket, key):
            self._destination = None
            replicate_marker(bucket, key)
            if self._destination:
                self._add(bucket, key, s3._object_versions[bucket, key][-1]["version_id"], self._destination, True)

        s3.handle_request = handle_and_write
        s3._replication_destination = find_here_or_elsewhere
        s3._maybe_replicate = replicate_or_note
        s3._record_object_version = record_version_and_add
        s3._maybe_replicate_delete_marker = replicate_marker_or_add
        for kind in ("buckets", "object", "objectStamp", "bucketRegions"):
            self._journal.applies(kind, getattr(self, f"_again_{kind}"))

    def know_regions(self, regions):
        if any(self._regions.get(bucket) != region for bucket, region in regions.items()):
            self._regions.update(regions)
            self._journal.write({"do": "bucketRegions", "regions": regions})

    def region_of(self, bucket):
        return self._regions.get(bucket)

    def content(self, change):
        """Returns an outbox change as the other Region applies it, or None if the version no longer exists."""
        bucket, key = change["bucket"], change["name"]
        with request_scope(self._account, self._outbox.region):
            entry = version_of(bucket, key, change["version"])
            if entry is None:
                return None
            content = {"bucket": change["destination"], "name": key, "version": change["version"], "stamp": change["stamp"]}
            if change["marker"]:
                return {**content, "marker": True}
            body = s3._version_body(s3._buckets[bucket], bucket, key, entry)
            if body is None:
                return None
            record = {field: entry.get(field) for field in CONTENT}
            return {**content, "record": record, "body": base64.b64encode(body).decode()}

    def apply(self, change, stamp):
        """Applies another Region's version of an object unless this Region has a later one. Returns True if it was applied."""
        name, key = change["bucket"], change["name"]
        known = self._stamps.get((name, key))
        if known and tuple(known) >= stamp:
            return False
        with request_scope(self._account, self._outbox.region):
            bucket = s3._buckets[name]
            prior = bucket["objects"].get(key)
            # A process killed between object and stamp gets the change again.
            versions = s3._object_versions.get((name, key)) or []
            versions[:] = [version for version in versions if version["version_id"] != change["version"]]
            if change.get("marker"):
                s3._record_delete_marker(name, key, prior)
                bucket["objects"].pop(key, None)
            else:
                body = base64.b64decode(change["body"])
                written = {**change["record"], "body": body, "replication_status": "REPLICA"}
                bucket["objects"][key] = written
                s3._record_object_version(name, key, prior, written, body)
                written["version_id"] = change["version"]
            s3._object_versions[name, key][-1]["version_id"] = change["version"]
            s3._persist_version_state(name, key, bucket)
            self._stamps[name, key] = stamp
            self._journal.write({"do": "objectStamp", "bucket": name, "name": key, "stamp": stamp})
        return True

    def replicated(self, change):
        """Sets the replication status of an object that every Region has."""
        if "bucket" not in change:
            return
        with request_scope(self._account, self._outbox.region):
            entry = version_of(change["bucket"], change["name"], change["version"])
            current = s3._buckets.get(change["bucket"], {}).get("objects", {}).get(change["name"])
            for record in (entry, current):
                if record is not None and record.get("version_id") == change["version"] and not change["marker"]:
                    record["replication_status"] = "COMPLETED"

    def state(self):
        return {"regions": self._regions, "stamps": [[*place, stamp] for place, stamp in self._stamps.items()]}

    def restore(self, state):
        self._known = {tuple(scoped) for scoped in s3._buckets._data}
        self._regions = state.get("regions", {})
        self._stamps = {(bucket, key): stamp for bucket, key, stamp in state.get("stamps", [])}

    def _add(self, bucket, key, version, destination, is_marker):
        with self._journal.lock:
            stamp = self._outbox.stamp_after(self._stamps.get((bucket, key)))
            self._stamps[bucket, key] = stamp
            change = {"do": "object", "bucket": bucket, "name": key, "version": version, "stamp": stamp}
            change.update(destination=destination, marker=is_marker)
            self._outbox.add(change)
            self._journal.write(change)

    def _write_definitions(self):
        names = {tuple(scoped) for scoped in s3._buckets._data}
        dropped, self._known = self._known - names, names
        self._journal.write({"do": "buckets", "state": s3.get_state(), "dropped": sorted(dropped)})

    def _again_buckets(self, change):
        for scoped in change["dropped"]:
            s3._buckets._data.pop(tuple(scoped), None)
        for store in s3._PERSISTED_BUCKET_DICTS.values():
            store.clear()
        s3._restore_state(change["state"])

    def _again_object(self, change):
        self._stamps[change["bucket"], change["name"]] = change["stamp"]
        self._outbox.add_again(change)

    def _again_objectStamp(self, change):
        self._stamps[change["bucket"], change["name"]] = change["stamp"]

    def _again_bucketRegions(self, change):
        self._regions.update(change["regions"])


def version_of(bucket, key, version):
    return next((entry for entry in s3._object_versions.get((bucket, key)) or [] if entry["version_id"] == version), None)
