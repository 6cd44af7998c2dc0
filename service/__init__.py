"""Everything about HTTP. May call the runtime, the types of decoding, and nmt.errors; installs no torch."""
