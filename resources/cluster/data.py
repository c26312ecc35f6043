"""The data of a run in the very order in which Heddle takes it: the rows of each step and of each evaluation.

The order is not stored but computed here as there, from seed and place alone by a counter-based generator
(Philox): forty lines that are exact for any number of steps, any seed and any number of processes, and the only
way that also gives the tokens that masked models must fill in. A file of the order would hold one run of one seed.

PART.bin holds the tokens of a part, PART.starts.bin where each example begins, PART.flags.bin one bit a token that
says whether it is learned (there only where some are not). All are little-endian.
"""
import math, pathlib, types

import numpy as np
import torch
from torch import nn

HERE = pathlib.Path(__file__).resolve().parent
IGNORED = -100  # a target that is not learned
ORDER, MASKING = 3, 5  # what random numbers are for: each purpose has a key of its own
LOW, HALF = np.uint64(2**32 - 1), np.uint64(32)


def philox(counter, key):
    """The four 32-bit words of Philox4x32-10 (Salmon et al. 2011) for each counter."""
    c0, c1, c2, c3 = np.broadcast_arrays(*(np.asarray(word, dtype=np.uint64) for word in counter))
    k0, k1 = (np.uint64(word) for word in key)
    for _ in range(10):
        a, b = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (b >> HALF) ^ c1 ^ k0, b & LOW, (a >> HALF) ^ c3 ^ k1, a & LOW
        k0, k1 = (k0 + np.uint64(0x9E3779B9)) & LOW, (k1 + np.uint64(0xBB67AE85)) & LOW
    return c0, c1, c2, c3


def random_key(seed, purpose, time):
    """The key of a purpose and a position in time (an epoch, a batch) under a run's seed."""
    return philox((time % 2**32, time // 2**32, purpose, 0), (seed, 0x48454444))[:2]


def permuted(index, size, key):
    """Where a permutation of 0..size-1 takes each index: four rounds of Feistel, walked until they land inside."""
    half = np.uint64(2 ** max(1, math.ceil(math.log2(max(2, size)) / 2)))

    def walk(value):
        left, right = value // half, value % half
        for turn in range(4):
            left, right = right, left ^ (philox((right, turn, 0, 1), key)[0] % half)
        return left * half + right

    value = walk(np.asarray(index, dtype=np.uint64))
    while (outside := value >= np.uint64(size)).any():
        value = np.where(outside, walk(value), value)
    return value.astype(np.int64)


class Shard:
    """The tokens of one part of the data, and the examples that they are divided into."""

    def __init__(self, part, bytes_per_token):
        self.tokens = np.memmap(HERE / f"{part}.bin", dtype=f"<u{bytes_per_token}", mode="r")
        starts = np.fromfile(HERE / f"{part}.starts.bin", dtype="<u8").astype(np.int64)
        self.starts = np.append(starts, len(self.tokens))
        self.lengths = np.diff(self.starts)
        flags = HERE / f"{part}.flags.bin"
        self.bits = np.memmap(flags, dtype=np.uint8, mode="r") if flags.exists() else None

    def read(self, start, stop):
        """Tokens [start, stop) and which of them are learned."""
        ids = self.tokens[start:stop].astype(np.int64)
        if self.bits is None:
            return ids, np.ones(len(ids), dtype=bool)
        bits = np.unpackbits(self.bits[start // 8 : (stop + 7) // 8], bitorder="little")
        return ids, bits[start % 8 : start % 8 + len(ids)].astype(bool)

    def example(self, index):
        return self.read(self.starts[index], self.starts[index + 1])


# Both kinds of data say which rows are to be made, as the arguments of `rows`, so that a process makes its own
# alone. A row is what the model reads, what it is to say (IGNORED where nothing) and the source, None without one.


class Texts:
    """The task of going on with a text: windows of one stream, shifted and shuffled anew in each epoch."""

    def __init__(self, shard, run):
        self.shard, self.length, self.seed = shard, run.length, run.seed
        windows = (len(shard.tokens) - 1) // self.length
        self.per_epoch = windows - 1 if windows > 1 else windows

    def training(self, first, batch):
        """The batch whose first sequence has this number in the run."""
        slack = len(self.shard.tokens) - 1 - self.per_epoch * self.length
        epochs, places = np.divmod(np.arange(first, first + batch), self.per_epoch)
        for epoch in map(int, np.unique(epochs)):
            key = random_key(self.seed, ORDER, epoch)
            shift = int(int(philox((0, 0, 0, 0), key)[0]) / 2**32 * (slack + 1))
            for window in permuted(places[epochs == epoch], self.per_epoch, key):
                yield (shift + int(window) * self.length,)

    def evaluation(self, batches, batch):
        last, count = len(self.shard.tokens) - 1 - self.length, batches * batch
        return [(place * last // max(1, count - 1),) for place in range(count)]

    def rows(self, start):
        ids, learned = self.shard.read(start, start + self.length + 1)
        return [(ids[:-1], np.where(learned, ids, IGNORED)[1:], None)]


class Examples:
    """Tasks of examples: shuffled in each epoch, and in stretches of 32 batches grouped by length."""

    def __init__(self, shard, run):
        settings = run.training
        self.shard, self.run, self.batch = shard, run, run.batch
        self.packs = None
        if run.task in ("instruct", "chat") and settings["packing"]:
            self.packs = packed(np.maximum(1, shard.lengths - 1), run.length)
        self.count = len(self.packs or shard.lengths)
        is_longest = settings["padding"] == "longest" and not settings["packing"]
        self.is_grouped = settings["group_by_length"] and is_longest and self.count >= self.batch
        self.per_epoch = self.count if self.count < self.batch else self.count - self.count % self.batch
        self.stretch = (None, [])

    def at(self, place):
        """The example at a place counted from the start of the run."""
        epoch, place = divmod(place, self.per_epoch)
        size = 32 * self.batch
        number = place // size
        if self.stretch[0] != (epoch, number):
            places = np.arange(number * size, min((number + 1) * size, self.per_epoch))
            order = permuted(places, self.count, random_key(self.run.seed, ORDER, epoch))
            if self.is_grouped:
                order = order[np.lexsort((order, self.shard.lengths[order]))].reshape(-1, self.batch)
                turns = random_key(self.run.seed, ORDER, epoch * 65536 + number + 1)
                order = order[permuted(np.arange(len(order)), len(order), turns)].ravel()
            self.stretch = (epoch, number), order
        return int(self.stretch[1][place % size])

    def training(self, first, batch):
        return [(self.at(first + row), first, row) for row in range(batch)]

    def evaluation(self, batches, batch):
        size = min(self.count, batches * batch)
        order = [place * self.count // size for place in range(size)]
        if self.run.task == "mask":  # what is hidden follows from the place in the order, so it must be Heddle's
            order.sort(key=lambda index: (self.shape_of(index), index))
        return [(index, place - place % batch, place % batch) for place, index in enumerate(order)]

    def shape_of(self, index):
        """The length that Heddle pads a text to: quarters of the longest, in multiples of 8."""
        longest = self.run.length
        if self.run.training["padding"] == "max_length":
            return longest
        shapes = [min(longest, -(-math.ceil(longest * part / 4) // 8) * 8) for part in (1, 2, 3, 4)]
        return next((shape for shape in shapes if self.shard.lengths[index] <= shape), longest)

    def rows(self, index, time, row):
        """Cut to fit, without padding. A pack gives a row for each of its examples, which see nothing of each
        other: so they have the same loss."""
        run, length = self.run, self.run.length
        if self.packs:
            return [answers(*self.shard.example(one), length) for one in self.packs[index]]
        ids, learned = self.shard.example(index)
        if run.task in ("translate", "seq2seq"):
            border = int(learned.argmax()) if learned.any() else len(ids)
            source = cut(ids[:border], length)
            target = cut(ids[border:], run.training["max_target_length"] or length)
            return [(np.append(run.tokens["start"], target[:-1]), target, source)]
        if run.task == "classify":
            return [(cut(ids[:-1], length), ids[-1:], None)]
        if run.task == "mask":
            return [(*hidden(cut(ids, length), run, random_key(run.seed, MASKING, time), row), None)]
        return [answers(ids, learned, length)]


def cut(ids, length):
    """The tokens that fit, the last of them kept: it ends the text."""
    return ids if len(ids) <= length else np.append(ids[: length - 1], ids[-1])


def answers(ids, learned, length):
    """An example of which some tokens are learned, each behind those before it."""
    return ids[: length + 1][:-1], np.where(learned, ids, IGNORED)[1 : length + 1], None


def packed(lengths, capacity):
    """Which examples share a row: first fit by falling length, among the 256 rows that are open."""
    packs, opened = [], []
    for index in np.lexsort((np.arange(len(lengths)), -lengths)):
        size = min(int(lengths[index]), capacity)
        fitting = next((entry for entry in opened if entry[0] >= size), None)
        if fitting:
            fitting[0] -= size
            fitting[1].append(int(index))
            continue
        packs.append([int(index)])
        opened.append([capacity - size, packs[-1]])
        if len(opened) > 256:
            opened.remove(min(opened, key=lambda entry: entry[0]))
    return packs


def hidden(ids, run, key, row):
    """BERT's rule: of the chosen tokens 80 % are hidden, 10 % replaced, 10 % left; at least one is chosen."""
    special, mask = run.tokens["special"], run.tokens["mask"]
    chance, kind, other, _ = philox((np.arange(len(ids)), row, 0, 0), key)
    free = ~np.isin(ids, special)
    chosen = free & (chance / 2**32 < run.training["mlm_probability"])
    if free.any() and not chosen.any():
        chosen[np.where(free, chance, np.uint64(2**32)).argmin()] = True
    shown, kind = ids.copy(), kind / 2**32
    shown[chosen & (kind < 0.8)] = mask
    for place in np.flatnonzero(chosen & (kind >= 0.8) & (kind < 0.8 + (1 - 0.8) * 0.5)):
        token = int(other[place] / 2**32 * run.vocab_size)
        while token in special and token != ids[place]:
            token = (token + 1) % run.vocab_size
        shown[place] = token
    return shown, np.where(chosen, ids, IGNORED)


def batches(rows, room, device):
    """Rows of like length in batches of at most `room` tokens, so that memory stays what was planned; one that
    teaches nothing where there are no rows, because every process must take part in every step."""
    width = lambda row: len(row[0]) + (0 if row[2] is None else len(row[2]))
    nothing = np.zeros(1, dtype=np.int64)
    held = []
    for row in sorted(rows, key=width):
        if held and (len(held) + 1) * width(row) > room:
            yield padded(held, device)
            held = []
        held.append(row)
    yield padded(held or [(nothing, nothing + IGNORED, nothing)], device)


def padded(rows, device):
    """Rows as tensors, padded on the right; `seen` says where tokens are."""

    def table(column, filling):
        parts = [torch.from_numpy(np.ascontiguousarray(row[column])) for row in rows]
        return nn.utils.rnn.pad_sequence(parts, batch_first=True, padding_value=filling).to(device)

    def seen(column):  # attention needs something to look at, be it the padding of a row of nothing
        lengths = torch.tensor([max(1, len(row[column])) for row in rows])
        return (torch.arange(int(lengths.max())) < lengths[:, None]).to(device)

    batch = types.SimpleNamespace(ids=table(0, 0), targets=table(1, IGNORED), seen=seen(0))
    if rows[0][2] is not None:
        batch.source, batch.source_seen = table(2, 0), seen(2)
    return batch
