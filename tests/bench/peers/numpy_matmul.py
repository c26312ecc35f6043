"""numpy's f32 matrix product; a step is a row of products of the same two matrices.

python numpy_matmul.py THREADS SIZE PRODUCTS; speaks JSON lines as serve-steps.ts describes.
"""

import json
import os
import resource
import sys
import time

threads, size, products = (int(argument) for argument in sys.argv[1:])
os.environ["OPENBLAS_NUM_THREADS"] = str(threads)

import numpy  # noqa: E402  OpenBLAS reads its threads when it is loaded


def kernels():
    """What OpenBLAS says of itself, where threadpoolctl is there to ask it."""
    try:
        import threadpoolctl
    except ImportError:
        return "OpenBLAS not asked: no threadpoolctl"
    pools = threadpoolctl.threadpool_info()
    return ", ".join(
        f"{p['internal_api']} {p['version']} {p.get('architecture')}, {p['num_threads']} threads" for p in pools
    )


def values(step):
    numbers = numpy.arange(size * size, dtype=numpy.int64) * step % 17 / 16 - 0.5
    return numbers.astype(numpy.float32).reshape(size, size)


a, b = values(7), values(11)
c = numpy.empty((size, size), dtype=numpy.float32)
weights = numpy.arange(size) % 3


def say(value):
    print(json.dumps(value), flush=True)


say({"ready": {"description": f"numpy {numpy.__version__}, {kernels()}"}})
for line in sys.stdin:
    times, losses = [], []
    for _ in range(json.loads(line)["steps"]):
        start = time.perf_counter()
        for _ in range(products):
            numpy.matmul(a, b, out=c)
        times.append(1000 * (time.perf_counter() - start))
        losses.append(float(c[-1].astype(numpy.float64) @ weights))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    say({"timesMs": times, "losses": losses, "peakBytes": peak})
