#!/bin/sh
# sh run.sh [PROCESSES] [OPTIONS OF train.py]: one process a GPU, or one a core, unless a number is given.
processes=${1:-auto}
[ $# -gt 0 ] && shift
cd "$(dirname "$0")" && exec torchrun --standalone --nproc-per-node "$processes" train.py "$@"
