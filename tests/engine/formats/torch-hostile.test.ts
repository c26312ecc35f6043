// Pickles that are made to do harm: every opcode, every way to name or call something, bombs of memory, tensors beyond
// their storage. Each ends in a typed error that says what was refused; nothing is looked up, called or built beyond
// what a file of its size can describe. Tricks with the archive around them are in zip-hostile.test.ts.
import { describe, expect, it } from 'vitest';
import { pickleOpcodes } from '../../../engine/formats/torch-opcodes.ts';
import { unpickle, unpickleStateDict } from '../../../engine/formats/torch-unpickle.ts';

const ascii = (text: string): number[] => [...text].map((character) => character.charCodeAt(0));
/** Bytes of a pickle: texts are opcodes and lines, numbers are bytes. */
const pickle = (...parts: (string | number | number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? ascii(part) : part)));
const short = (text: string): (string | number)[] => [0x8c, text.length, text];
const refusal = (words: RegExp): object =>
  expect.objectContaining({ code: 'pickle-unsupported', message: expect.stringMatching(words) });
const errorOf = (bytes: Uint8Array): unknown => {
  try {
    unpickle(bytes);
    return null;
  } catch (error) {
    return error;
  }
};
const read = (...parts: (string | number | number[])[]): unknown => unpickleStateDict(pickle(...parts));

describe('every opcode', () => {
  it.each(Array.from({ length: 256 }, (_, opcode) => opcode))(
    '%i ends in a value or a typed error',
    (opcode) => {
      // Alone, with an empty stack and with one of each kind of value below it; followed by what it may read.
      const bodies = [
        [],
        ['}'],
        [']'],
        [')'],
        ['N', 'N'],
        ['(', 'N'],
        ['(', 'N', 'N', 't'],
        ['K', 1, 'K', 2],
      ];
      const tails = [[...new Uint8Array(8)], ascii('1\n2\n3\n'), [...new Uint8Array(8).fill(255)]];
      const errors = bodies.flatMap((body) =>
        tails.map((tail) => errorOf(pickle(...body, opcode, tail, '.'))),
      );
      for (const error of errors.filter((one) => one !== null)) {
        expect(error).toMatchObject({ name: 'EngineError', code: 'pickle-unsupported' });
      }
    },
  );

  it('that Python does not have is refused by its number', () => {
    const unknown = Array.from({ length: 256 }, (_, opcode) => opcode).filter(
      (one) => !pickleOpcodes.has(one),
    );
    expect(unknown).toHaveLength(256 - 68);
    for (const opcode of unknown) {
      expect(() => unpickle(pickle(opcode, '.'))).toThrow(refusal(/unknown operation 0x/));
    }
  });

  it.each([
    'PERSID',
    'OBJ',
    'NEWOBJ',
    'NEWOBJ_EX',
    'EXT1',
    'EXT2',
    'EXT4',
    'NEXT_BUFFER',
    'READONLY_BUFFER',
    'EMPTY_SET',
    'ADDITEMS',
    'FROZENSET',
  ])('%s is refused by name', (name) => {
    const opcode = [...pickleOpcodes].find(([, one]) => one === name)![0];
    expect(() => unpickle(pickle('N', opcode, 0, 0, 0, 0, '.'))).toThrow(
      refusal(new RegExp(`operation ${name}`)),
    );
  });
});

describe('protocols', () => {
  it.each([0, 1, 2, 3, 4, 5])('%i: an empty state dict', (protocol) => {
    const head = protocol >= 2 ? [0x80, protocol] : [];
    const frame = protocol >= 4 ? [0x95, 2, 0, 0, 0, 0, 0, 0, 0] : [];
    expect(unpickleStateDict(pickle(head, frame, protocol === 0 ? '(d' : '}', '.')).size).toBe(0);
  });

  it('above 5 are refused', () => {
    expect(() => read(0x80, 6, '}.')).toThrow(refusal(/protocol/));
  });

  it('write the same values in their own ways', () => {
    const values = unpickle(
      pickle(
        '(',
        'I7\n',
        'I01\n',
        'L-7L\n',
        'F0.5\n',
        "S'a'\n",
        'Vb\\u00df\n',
        'J',
        255,
        255,
        255,
        255,
        'M',
        1,
        1,
        'l.',
      ),
    ).value;
    expect(values).toEqual({ kind: 'list', items: [7, true, -7, 0.5, 'a', 'bß', -1, 257] });
    const binary = unpickle(
      pickle(
        '(',
        0x8a,
        2,
        0,
        128,
        0x8b,
        1,
        0,
        0,
        0,
        5,
        'G',
        0x3f,
        0xe0,
        0,
        0,
        0,
        0,
        0,
        0,
        'U',
        1,
        'a',
        'T',
        1,
        0,
        0,
        0,
        'b',
        'X',
        1,
        0,
        0,
        0,
        'c',
        ...short('d'),
        0x8d,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        'e',
        0x88,
        't.',
      ),
    ).value;
    expect(binary).toEqual({ kind: 'tuple', items: [-32_768, 5, 0.5, 'a', 'b', 'c', 'd', 'e', true] });
  });
});

// From advisories about scanners of pickles and about PyTorch's own list, and what a pickle would want to call.
const wanted = [
  'os.system',
  'posix.system',
  'nt.system',
  'builtins.eval',
  'builtins.exec',
  'builtins.getattr',
  'builtins.__import__',
  '__builtin__.eval',
  'subprocess.Popen',
  'sys.modules',
  'importlib.import_module',
  'operator.attrgetter',
  'functools.partial',
  'pip.main',
  'runpy.run_path',
  'timeit.timeit',
  'code.InteractiveInterpreter',
  'bdb.Bdb',
  'torch.load',
  'torch.hub.load',
  'torch.jit.load',
  'torch.storage._load_from_bytes',
  'torch._utils._rebuild_tensor_v3',
  'torch._dynamo.guards.GuardBuilder.get',
  'torch.utils.collect_env.run',
  'torch.fx.experimental.symbolic_shapes.ShapeEnv',
  'torch.nn.Linear',
  '__main__.Model',
  'numpy.core.multiarray._reconstruct',
  'collections.defaultdict',
  'torch.OrderedDict',
  'collections.FloatStorage',
  'torch.constructor',
  'torch.__proto__',
  'constructor.constructor',
  '__proto__.toString',
];

describe.each(wanted)('%s', (whole) => {
  const dot = whole.lastIndexOf('.');
  const [module, name] = [whole.slice(0, dot), whole.slice(dot + 1)];
  const named = new RegExp(`${whole.replaceAll('.', '\\.')}`);

  it('is refused by name, however it is named', () => {
    const global = `c${module}\n${name}\n`;
    expect(() => read(global, '.')).toThrow(refusal(named));
    expect(() => read('}', global, '(K', 1, 'tR', '.')).toThrow(refusal(named));
    expect(() => read(...short(module), ...short(name), 0x93, ')R.')).toThrow(refusal(named));
    expect(() => read('(', `i${module}\n${name}\n`, '.')).toThrow(refusal(named));
    expect(() => read(global, ')', 0x81, '.')).toThrow(refusal(named));
    expect(() => read('(', global, 'o.')).toThrow(refusal(named));
    // As a part of what is allowed.
    expect(() => read('ctorch._utils\n_rebuild_parameter\n(', global, 'tR.')).toThrow(refusal(named));
  });
});

describe('what is allowed is allowed in its place alone', () => {
  const dict = 'ccollections\nOrderedDict\n)R';
  const storage = (count: number, key = '0'): (string | number)[] => [
    '(',
    ...short('storage'),
    'ctorch\nFloatStorage\n',
    ...short(key),
    ...short('cpu'),
    'J',
    count & 255,
    (count >> 8) & 255,
    (count >> 16) & 255,
    0,
    'tQ',
  ];
  const tensor = (count: number, offset: string, size: string, stride: string): (string | number)[] => [
    'ctorch._utils\n_rebuild_tensor_v2\n(',
    ...storage(count),
    offset,
    size,
    stride,
    0x89,
    dict,
    'tR',
  ];
  const withTensor = (...parts: (string | number)[]): unknown => read('}', ...short('w'), ...parts, 's.');

  it('a tensor within its storage', () => {
    expect(withTensor(...tensor(6, 'I0\n', '(I2\nI3\nt', '(I3\nI1\nt'))).toHaveProperty('size', 1);
    expect(withTensor(...tensor(6, 'I4\n', '(I2\nt', '(I1\nt'))).toHaveProperty('size', 1);
  });

  it.each([
    ['reaches beyond it', 'I0\n', '(I7\nt', '(I1\nt', /beyond its storage/],
    ['begins too late', 'I5\n', '(I2\nt', '(I1\nt', /beyond its storage/],
    ['begins before it', 'I-1\n', '(I2\nt', '(I1\nt', /no storage/],
    ['is of -1 elements', 'I0\n', '(I-1\nt', '(I1\nt', /no list of numbers/],
    ['repeats its rows', 'I0\n', '(I2\nI3\nt', '(I0\nI1\nt', /not stored row by row/],
    ['strides out of it', 'I0\n', '(I2\nI3\nt', '(I1000000\nI1\nt', /not stored row by row/],
    ['has more strides than extents', 'I0\n', '(I6\nt', '(I6\nI1\nt', /does not fit its strides/],
    [
      'is of 2^60 elements',
      'I0\n',
      '(L1073741824L\nL1073741824L\nt',
      '(L1073741824L\nI1\nt',
      /beyond its storage/,
    ],
    ['is of half an element', 'I0\n', '(F0.5\nt', '(I1\nt', /no list of numbers/],
    ['is of a shape that is a text', 'I0\n', "S'6'\n", '(I1\nt', /no tuple/],
  ])('a tensor that %s is refused', (_, offset, size, stride, words) => {
    expect(() => withTensor(...tensor(6, offset, size, stride))).toThrow(refusal(words));
  });

  it('a storage of two sizes, a call with other arguments, a state of something else', () => {
    expect(() => read('(', ...storage(6), ...storage(7), 't.')).toThrow(refusal(/in two ways/));
    expect(() => read('ccollections\nOrderedDict\n(I1\ntR.')).toThrow(refusal(/unknown way/));
    expect(() => read('ccollections\nOrderedDict\n(I1\nI2\ntR.')).toThrow(refusal(/unknown way/));
    expect(() => read('ctorch\nFloatStorage\n)R.')).toThrow(refusal(/calls torch\.FloatStorage/));
    expect(() => read('N)R.')).toThrow(refusal(/has no name/));
    expect(() => read(']}b.')).toThrow(refusal(/sets the state/));
    expect(() => read('}', ...short('a'), 'N', 's', ...short('a'), 'N', 's.')).toThrow(refusal(/"a" twice/));
    expect(() => read('}', ...short('__proto__'), 'N', 's.')).toThrow(refusal(/"__proto__" is no tensor/));
    expect(() => read('}N', 'N', 's.')).toThrow(refusal(/neither text nor number/));
    expect(({} as Record<string, unknown>)['w']).toBeUndefined();
  });
});

describe('bombs', () => {
  const many = (text: string, count: number): Uint8Array => pickle(text.repeat(count), '.');

  it.each([
    ['a million marks', many('(', 1_000_000), /too many marks/],
    ['a million values', many('N', 1_000_000), /too many values/],
    ['a million dictionaries', many('}0', 1_000_000), /more than a file of its size/],
    ['a million tuples', many('N\x85', 1_000_000), /more than a file of its size/],
    ['two million kept values', many('N\x940', 1_000_000), /keeps more values/],
    ['a million copies', pickle('}', '2'.repeat(1_000_000), '.'), /too many values/],
    ['a text of 4 GB', pickle('X', 255, 255, 255, 255, 'a.'), /cut off/],
    ['bytes of 2^64', pickle(0x8e, 255, 255, 255, 255, 255, 255, 255, 255, '.'), /cut off/],
    ['a number of 2 GB', pickle(0x8b, 255, 255, 255, 127, '.'), /number of 2147483647 bytes/],
    [
      'a number of 255 bytes',
      pickle(0x8a, 255, [...new Uint8Array(255).fill(1)], '.'),
      /number of 255 bytes/,
    ],
    ['a number of a million digits', pickle('L', '9'.repeat(1_000_000), 'L\n.'), /line that does not end/],
    ['a number of a thousand digits', pickle('I', '9'.repeat(1000), '\n.'), /number that is none/],
    ['a place of 10^30', pickle('Np1', '0'.repeat(30), '\n.'), /number that is none|at no place/],
  ])('%s', (_, bytes, words) => {
    expect(() => unpickle(bytes)).toThrow(refusal(words));
  });

  it('doubling by reference makes nothing large, and a list within itself is no state dict', () => {
    // Each step holds the one before twice: 2^1000 leaves if anything would walk them.
    const doubling = pickle(
      ']q',
      0,
      ...Array.from({ length: 1000 }, () => ['0h', 0, 'h', 0, 0x86, 'q', 0]).flat(),
      '.',
    );
    expect(() => unpickleStateDict(doubling)).toThrow(refusal(/other than a state dict/));
    expect(() => read(']q', 0, 'h', 0, 'a.')).toThrow(refusal(/other than a state dict/));
    expect(() => read('}q', 0, ...short('a'), 'h', 0, 's.')).toThrow(refusal(/"a" is no tensor/));
    expect(() => read('}q', 0, ...short('state_dict'), 'h', 0, 's.')).toThrow(refusal(/is no tensor/));
  });
});
