// Simple stories with people who want something, trouble on the way, and an end that follows from what they did.
// A plot (story-plots*.ts) is a row of beats with several ways to tell each; a story is one way through a plot
// with its own people, things and places. Beats that every story can use (weather, walks, ends) are here.

import { chanceFrom, type Chance } from './random.ts';
import { fill, makeWorld, type World } from './story-words.ts';
import { animalPlots } from './story-plots-animals.ts';
import { childPlots } from './story-plots-children.ts';
import { villagePlots } from './story-plots-village.ts';

const ways = (text: string): readonly string[] => text.trim().split('\n');

/** Beats that any plot may name as *weather, *walk … */
const SHARED: Readonly<Record<string, readonly string[]>> = {
  weather: ways(`
It was a [bright|clear|cold|soft|windy] [morning|afternoon|day], and the [birds were singing|grass was wet|clouds were low|air smelled of hay].
The sun had just come over the [roofs|hill|barn].
Rain was falling on the village, [slow and grey|thin and cold|warm as tea].
There had been [snow|rain|wind|frost] all night, and now everything was still.
The wind [pushed at the doors|shook the trees|carried leaves down the street].
It was so hot that even the flies were [tired|sleepy|slow].
[Fog|Mist] lay over the fields like a blanket.
It was the first [warm|really warm|green] day of [spring|April|the year].
The leaves were already turning [yellow|red|brown], and [geese flew over the village|the apples were ripe|smoke rose from the chimneys].
Long blue shadows lay on the [snow|road|grass].
The moon was still up, pale as [milk|paper|a ghost].
The [roofs|fields|puddles] shone after the rain.
A [cuckoo|blackbird|woodpecker] called from the {tree}.
Snow fell in [big slow|small dry] flakes.
The air was so clear that you could [count the sheep on the hill|hear the mill|see the sea].
Dark clouds [climbed over|sat on|hid] the hill.
The {pet} lay in the sun and did not lift its head.
Everything smelled of [apples|wet earth|fresh bread|smoke].
In the [gardens|ditches|fields] the frogs were singing.
Somewhere a bell rang, and a dog barked back.
It was market day, and the street was full of [carts|geese|people and baskets].`),
  walk: ways(`
{Hero} walked {toplace}, [past the mill|past the school|over the small bridge|along the stone wall], [humming|thinking|counting {his} steps].
The path was [muddy|steep|narrow|full of stones], so it took [a long time|most of an hour|all {his} breath].
{He} ran {toplace} as fast as {he} could.
On the way {he} met [a man with a cart|two women with baskets|a boy with a stick|nobody at all], and went on.
So {he} put on {his} [boots|coat|hat] and went {toplace}.
Step by step {he} came {toplace}.
{He} took the short way, through the [nettles|wet grass|gap in the hedge].
{Hero} did not stop until {he} was {place}.`),
  think: ways(`
{Hero} sat down [on a stone|on the step|under the {tree}] and thought.
"[Think|Wait|Slowly]," {he} told {himself}. "There must be a way."
For a while {he} only [looked at {his} shoes|listened to the wind|chewed on a straw].
Then {he} had an idea.
{He} counted to ten, as {elder} had taught {him}.
"If I [cry|shout|run away], nothing will change," {he} thought.
{Hero} scratched {his} head.
{He} did not know what to do, so {he} did [the small things first|one thing at a time].`),
  glad: ways(`
{Hero} laughed so loudly that [the hens ran off|the cat woke up|a window opened].
{He} was so glad that {he} [danced on one leg|forgot {his} supper|sang all the way home].
A warm feeling went through {him}, like [soup on a cold day|sun through a window].
{Hero} smiled and could not stop.
"[Hurrah|At last|What luck]!" cried {hero}.
Nobody [in the village|in the whole valley|between the hill and the sea] was happier [that day|that evening].
{Hero} threw {his} cap so high that it stayed in the {tree}.
"Did you see that?" {he} asked [the {pet}|everybody|{friend} three times].
{He} could feel {his} heart [jump|knock|dance].`),
  sad: ways(`
{Hero} felt a lump in {his} throat.
Tears ran down {his} cheeks, and {he} let them.
{He} did not want to [eat|talk|play].
{His} heart was as heavy as a stone.
"[It is not fair|This is the worst day|I should have known]," {he} said.
{He} pulled {his} cap over {his} eyes so that nobody could see them.`),
  end: ways(`
That night {hero} slept [deeply|well|without a dream].
And if you go [there|to that village] today, [people will still tell you about it|ask for {hero}, and you will hear the rest].
From then on {hero} looked at things a little more carefully.
"[Shall we do it again|What will happen tomorrow]?" asked {hero}, but {he} was asleep before anyone could answer.
They ate {food} together until the [stars|lamps] came out.
{Elder} only smiled and put another log on the fire.
It was a small thing, but {hero} never forgot it.
And that was the end of a long {day}.
The next morning everything looked [new|brighter|a little different].
Then [the rain|the snow|the wind] began again, and nobody minded.
In the kitchen the kettle sang, and that was the best of all songs.
{Friend} yawned, {hero} yawned, and even the {pet} yawned.
"Good night," said {elder}, and blew out the lamp.
Outside, the {wild} went by and left its tracks for the morning.
"That," said {elder}, "is a story for the winter."
{Hero} wrote it all down so that it would not get lost.`),
};

/** About `size` characters of stories: a title, paragraphs of a line each, and an empty line after each story. */
export function simpleStories(seed: number, size: number): string {
  const chance = chanceFrom(seed);
  const plots = [...childPlots, ...animalPlots, ...villagePlots];
  const stories: string[] = [];
  const seen = new Set<string>();
  let order: string[] = [];
  for (let length = 0; length < size;) {
    // Every plot has its turn before any comes again.
    if (order.length === 0) order = chance.pickSome(plots, plots.length);
    const story = tell(chance, order.pop() ?? '');
    if (seen.has(story)) continue;
    seen.add(story);
    stories.push(story);
    length += story.length + 1;
  }
  return stories.join('\n');
}

/**
 * A plot's first line holds its titles; an empty line begins a paragraph; a line is a beat, its tellings divided
 * by ` / `; a beat that begins with `?` may be left out; `*name` is a shared beat. Beats that begin with `@`
 * follow one thread: all of a story's take the telling of the same place, so that what was said first still holds.
 */
function tell(chance: Chance, plot: string): string {
  const made = makeWorld(chance);
  const world: World = { ...made, himself: made.him === 'him' ? 'himself' : 'herself' };
  const thread = chance.below(12);
  const [titles = '', ...paragraphs] = plot.trim().split('\n\n');
  const told = paragraphs.map((paragraph) =>
    paragraph
      .split('\n')
      .filter((beat) => !beat.startsWith('?') || chance.happens(0.5))
      .map((beat) => fill(chance, world, oneTelling(chance, beat.replace(/^\?/, ''), thread)))
      .filter((words) => words !== '')
      .join(' '),
  );
  const title = fill(chance, world, oneTelling(chance, titles, thread));
  return `${[title, ...told.filter((paragraph) => paragraph !== '')].join('\n')}\n`;
}

function oneTelling(chance: Chance, beat: string, thread: number): string {
  const tellings = beat.replace(/^@/, '').split(' / ');
  const telling = beat.startsWith('@') ? (tellings[thread % tellings.length] ?? '') : chance.pick(tellings);
  if (telling === 'nothing') return '';
  if (!telling.startsWith('*')) return telling;
  const shared = SHARED[telling.slice(1)];
  if (!shared) throw new RangeError(`There is no shared beat ${telling}.`);
  return chance.pick(shared);
}
