"""How a run gets its work done: rows through the cache, the steps in their order, the output folder."""
