"""Reads what a response needs of botocore's description of a service, its protocol, without the rest.

MiniStack loads botocore and the whole description of each service with the first response, which is half of an emulator's processor time at the
start of a store.
"""

import functools
import json
import os
import zlib
from importlib.util import find_spec

# The metadata precede the operations.
BEGINNING = 16 * 1024


class ServiceModel:
    """A description whose metadata are known. Anything else of it is loaded when it is read."""

    def __init__(self, metadata, load):
        self.metadata = metadata
        self._load = load

    def __getattr__(self, name):
        return getattr(self._load(), name)


def metadata_of(folder, service):
    """Returns the metadata of a service's latest description, or None if they are not at its beginning."""
    try:
        version = max(os.listdir(os.path.join(folder, service)))
        with open(os.path.join(folder, service, version, "service-2.json.gz"), "rb") as file:
            text = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(file.read(BEGINNING), BEGINNING).decode(errors="replace")
        start = text.index("{", text.index('"metadata"'))
        return json.JSONDecoder().raw_decode(text, start)[0]
    except (OSError, ValueError):
        return None


def read_metadata_only():
    from ministack.core import responses

    load_whole = responses._service_model
    folder = os.path.join(os.path.dirname(find_spec("botocore").origin), "data")

    @functools.cache
    def service_model(service):
        metadata = metadata_of(folder, responses._BOTOCORE_NAME.get(service, service))
        return load_whole(service) if metadata is None else ServiceModel(metadata, lambda: load_whole(service))

    responses._service_model = service_model
