"""Decoding on ONNX Runtime, where nothing was compiled and for what the compiled decoder does not know.

May import its neighbours in `nmt.runtime` but `native`.
"""
