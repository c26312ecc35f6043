// The people, things and places of the simple stories, and how one story's choice of them fills the slots of a
// sentence: {hero}, {he}, {thing}, {place} … A capital letter in a slot's name gives a capital.

import type { Chance } from './random.ts';

const GIRLS =
  'Mia Lena Ada Rosa Ivy Nora Ella Tess Ruth Lucy Hanna Zoe Clara Maya Greta Lily June Alma Wren Sara'.split(
    ' ',
  );
const BOYS =
  'Ben Leo Tim Max Sam Otto Finn Jack Noah Emil Paul Theo Hugo Will Adam Rory Nils Oscar Felix Ned'.split(
    ' ',
  );

// Who they are; m or f.
const ELDERS: readonly (readonly [string, 'm' | 'f'])[] = [
  ['the miller', 'm'],
  ['the baker', 'm'],
  ['Grandmother', 'f'],
  ['Grandfather', 'm'],
  ['the old fisherman', 'm'],
  ['Aunt Olga', 'f'],
  ['Uncle Bert', 'm'],
  ['the blacksmith', 'm'],
  ['the shepherd', 'm'],
  ['the postwoman', 'f'],
  ['Mrs. Plum', 'f'],
  ['Mr. Reed', 'm'],
  ['the teacher', 'f'],
  ['the gardener', 'f'],
  ['the ferryman', 'm'],
  ['the beekeeper', 'f'],
];

const PETS = 'goat,dog,cat,donkey,duck,pony,rabbit,lamb,goose,hen,pig,parrot'.split(',');
const PET_NAMES =
  'Button,Pepper,Dumpling,Biscuit,Cloud,Socks,Turnip,Captain,Honey,Thunder,Pickle,Smoke'.split(',');
const WILD = 'fox,hedgehog,owl,squirrel,crow,beaver,otter,badger,mouse,hare,bear,frog,heron,deer'.split(',');
const COLOURS = 'red,blue,green,yellow,white,brown,silver,striped'.split(',');
const THINGS =
  'kite,scarf,ball,lamp,bell,boat,drum,flute,basket,kettle,cap,wagon,whistle,pencil box,jug,umbrella'.split(
    ',',
  );
const FOODS =
  'bread,apple pie,cheese,plum cake,pea soup,pancakes,honey cake,berry jam,roast nuts,corn bread'.split(',');
const TREES = 'oak,apple tree,willow,pine,birch,chestnut tree'.split(',');
const FLOWERS = 'sunflower,bean,pumpkin,rose,pear tree,poppy'.split(',');

// Where: the phrase for being there, and for going there.
const PLACES: readonly (readonly [string, string])[] = [
  ['by the river', 'to the river'],
  ['in the forest', 'into the forest'],
  ['at the market', 'to the market'],
  ['on the hill', 'up the hill'],
  ['in the barn', 'to the barn'],
  ['behind the mill', 'behind the mill'],
  ['at the pond', 'down to the pond'],
  ['near the old well', 'to the old well'],
  ['on the beach', 'to the beach'],
  ['under the bridge', 'down under the bridge'],
  ['in the orchard', 'into the orchard'],
  ['at the harbour', 'to the harbour'],
  ['in the attic', 'up to the attic'],
  ['in the meadow', 'out to the meadow'],
  ['beside the church', 'to the church'],
  ['at the crossroads', 'as far as the crossroads'],
];

export type World = Readonly<Record<string, string>>;

type Sex = 'm' | 'f';

const pronouns = (prefix: string, sex: Sex): World => ({
  [`${prefix}he`]: sex === 'm' ? 'he' : 'she',
  [`${prefix}him`]: sex === 'm' ? 'him' : 'her',
  [`${prefix}his`]: sex === 'm' ? 'his' : 'her',
});

function child(chance: Chance, sex: Sex): string {
  return chance.pick(sex === 'm' ? BOYS : GIRLS);
}

/** The people and things of one story. The friend is of the other sex, so that `he` and `she` stay clear. */
export function makeWorld(chance: Chance): World {
  const sex: Sex = chance.happens(0.5) ? 'm' : 'f';
  const friendSex: Sex = sex === 'm' ? 'f' : 'm';
  const [elder, elderSex] = chance.pick(ELDERS);
  const [[place, toPlace], [place2, toPlace2], [place3, toPlace3]] = chance.pickSome(PLACES, 3) as [
    readonly [string, string],
    readonly [string, string],
    readonly [string, string],
  ];
  const [thing, thing2, thing3] = chance.pickSome(THINGS, 3) as [string, string, string];
  const [wild, wild2] = chance.pickSome(WILD, 2) as [string, string];
  return {
    hero: child(chance, sex),
    friend: child(chance, friendSex),
    elder,
    ...pronouns('', sex),
    ...pronouns('f', friendSex),
    ...pronouns('e', elderSex),
    child: sex === 'm' ? 'boy' : 'girl',
    fchild: friendSex === 'm' ? 'boy' : 'girl',
    pet: chance.pick(PETS),
    petname: chance.pick(PET_NAMES),
    colour: chance.pick(COLOURS),
    thing,
    thing2,
    thing3,
    wild,
    wild2,
    place,
    place2,
    place3,
    toplace: toPlace,
    toplace2: toPlace2,
    toplace3: toPlace3,
    food: chance.pick(FOODS),
    tree: chance.pick(TREES),
    plant: chance.pick(FLOWERS),
    number: chance.pick(['three', 'four', 'five', 'six', 'seven']),
    day: chance.pick(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']),
  };
}

/** Chooses among [this|that], innermost first, and fills the slots; `a` becomes `an` where it must. */
export function fill(chance: Chance, world: World, template: string): string {
  let text = template;
  while (text.includes('['))
    text = text.replace(/\[([^[\]]*)\]/, (_all, inside: string) => chance.pick(inside.split('|')));
  return text
    .replace(/\{(\w+)\}/g, (_all, slot: string) => {
      const word = world[slot.toLowerCase()];
      if (word === undefined) throw new RangeError(`No story has a slot {${slot}}.`);
      return /^[A-Z]/.test(slot) ? `${word.charAt(0).toUpperCase()}${word.slice(1)}` : word;
    })
    .replace(/\b([Aa]) (?=[aeiouAEIOU])/g, '$1n ')
    .replace(/ {2,}/g, ' ')
    .trim();
}
