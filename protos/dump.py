"""Writes the Envoy API as one FileDescriptorSet: dump.py OUTPUT OVERLAY.textproto...

Every v3 file of Envoy's in the installed xds-protos package and everything those import, plus our overlays for newer parts.
"""
import importlib
import pathlib
import sys

import envoy
from google.protobuf import descriptor_pb2, text_format

output, *overlays = sys.argv[1:]
root = pathlib.Path(next(iter(envoy.__path__))).parent
roots = ["envoy/**/v3*/*_pb2.py", "xds/**/v3/*_pb2.py", "udpa/type/**/*_pb2.py"]
files = {}


def add(descriptor):
    """Imports before importers, as a FileDescriptorSet must be ordered."""
    for dependency in descriptor.dependencies:
        add(dependency)
    if descriptor.name not in files:
        proto = descriptor_pb2.FileDescriptorProto()
        descriptor.CopyToProto(proto)
        files[descriptor.name] = proto


def overlay(path):
    """Adds a new file, or new fields to the messages of an existing one."""
    extra = text_format.Parse(pathlib.Path(path).read_text(), descriptor_pb2.FileDescriptorProto())
    if extra.name not in files:
        files[extra.name] = extra
        return
    known = {message.name: message for message in files[extra.name].message_type}
    for message in extra.message_type:
        known[message.name].MergeFrom(message)


for path in [path for pattern in roots for path in sorted(root.glob(pattern))]:
    module = ".".join(path.relative_to(root).with_suffix("").parts)
    add(importlib.import_module(module).DESCRIPTOR)
for path in overlays:
    overlay(path)
pathlib.Path(output).write_bytes(descriptor_pb2.FileDescriptorSet(file=files.values()).SerializeToString())
