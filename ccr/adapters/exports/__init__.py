"""The directory as files that other programs open. Each writer is pure: records in, bytes out."""
