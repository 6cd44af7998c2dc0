"""The HTTP service. Does not use torch.

May call `nmt.runtime`, `nmt.text`, `nmt.documents`, `nmt.languages`, the types of `nmt.decoding`, and `nmt.errors`.
"""
