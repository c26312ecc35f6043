// act(gate) * up over rows [gate | up], 16 rows a tile, forward and backward (AssemblyScript).

import { activate, activateGradient, SILU } from '../../device/cpu/kernels/activation';
import { held, madd, sigmoid } from '../../device/cpu/kernels/math';
import { loadTail, storeTail } from '../../device/cpu/kernels/tail';

const ROWS: u32 = 16;

const one: v128 = held(1);

/** args: x, y, rows, size, activation. */
export function gatedActivation(args: usize, tile: u32, scratch: usize): void {
  const rows = load<u32>(args, 8);
  const size = load<u32>(args, 12);
  const kind = load<u32>(args, 16);
  const halfBytes = <usize>size << 2;
  const tail = size & 3;
  const wholeBytes = <usize>(size - tail) << 2;
  const end = min((tile + 1) * ROWS, rows);
  for (let row = tile * ROWS; row < end; row++) {
    const gate = <usize>load<u32>(args) + (<usize>row * halfBytes << 1);
    const up = gate + halfBytes;
    const y = <usize>load<u32>(args, 4) + <usize>row * halfBytes;
    for (let at: usize = 0; at < wholeBytes; at += 16) {
      v128.store(y + at, f32x4.mul(activate(kind, v128.load(gate + at)), v128.load(up + at)));
    }
    if (tail !== 0) {
      const value = activate(kind, loadTail(gate + wholeBytes, tail));
      storeTail(y + wholeBytes, tail, f32x4.mul(value, loadTail(up + wholeBytes, tail)));
    }
  }
}

/** args: x, dy, dx, rows, size, activation, accumulate. */
export function gatedActivationBackward(args: usize, tile: u32, scratch: usize): void {
  const rows = load<u32>(args, 12);
  const size = load<u32>(args, 16);
  const kind = load<u32>(args, 20);
  const accumulate = load<u32>(args, 24) !== 0;
  const halfBytes = <usize>size << 2;
  const tail = size & 3;
  const wholeBytes = <usize>(size - tail) << 2;
  const end = min((tile + 1) * ROWS, rows);
  for (let row = tile * ROWS; row < end; row++) {
    const gate = <usize>load<u32>(args) + (<usize>row * halfBytes << 1);
    const dy = <usize>load<u32>(args, 4) + <usize>row * halfBytes;
    const dGate = <usize>load<u32>(args, 8) + (<usize>row * halfBytes << 1);
    for (let at: usize = 0; at < wholeBytes; at += 16) {
      const g = v128.load(gate + at);
      const upstream = v128.load(dy + at);
      let value: v128;
      let slope: v128;
      if (kind === SILU) {
        // The usual gate: value and slope from one sigmoid.
        const s = sigmoid(g);
        value = f32x4.mul(g, s);
        slope = madd(value, f32x4.sub(one, s), s);
      } else {
        value = activate(kind, g);
        slope = activateGradient(kind, g);
      }
      let gatePart = f32x4.mul(f32x4.mul(upstream, v128.load(gate + halfBytes + at)), slope);
      let upPart = f32x4.mul(upstream, value);
      if (accumulate) {
        gatePart = f32x4.add(gatePart, v128.load(dGate + at));
        upPart = f32x4.add(upPart, v128.load(dGate + halfBytes + at));
      }
      v128.store(dGate + at, gatePart);
      v128.store(dGate + halfBytes + at, upPart);
    }
    if (tail !== 0) {
      const g = loadTail(gate + wholeBytes, tail);
      const upstream = loadTail(dy + wholeBytes, tail);
      const up = loadTail(gate + halfBytes + wholeBytes, tail);
      let gatePart = f32x4.mul(f32x4.mul(upstream, up), activateGradient(kind, g));
      let upPart = f32x4.mul(upstream, activate(kind, g));
      if (accumulate) {
        gatePart = f32x4.add(gatePart, loadTail(dGate + wholeBytes, tail));
        upPart = f32x4.add(upPart, loadTail(dGate + halfBytes + wholeBytes, tail));
      }
      storeTail(dGate + wholeBytes, tail, gatePart);
      storeTail(dGate + halfBytes + wholeBytes, tail, upPart);
    }
  }
}
