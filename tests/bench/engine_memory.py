"""How many bytes the arrays of an index take: found by walking it, whatever its parts are."""

from __future__ import annotations

import gc
from collections import deque

import numpy as np

_FOLLOWED = (dict, list, tuple, set, frozenset)


def array_bytes(root: object) -> int:
    """Return the bytes of all numpy arrays that belong to the engine, each counted once.

    Services themselves are the directory's and are neither followed nor counted.
    """
    seen, found = {id(root)}, 0
    waiting = deque([root])
    while waiting:
        held = waiting.popleft()
        if isinstance(held, np.ndarray):
            if held.base is None:
                found += held.nbytes
                continue
        elif not isinstance(held, _FOLLOWED) and "engine" not in type(held).__module__:
            continue
        children = [held.base] if isinstance(held, np.ndarray) else gc.get_referents(held)
        for child in children:
            if id(child) not in seen:
                seen.add(id(child))
                waiting.append(child)
    return found
