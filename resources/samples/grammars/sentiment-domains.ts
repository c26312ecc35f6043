// What the sentiment sample speaks about: things that people judge, their sides, and the words for good and bad
// that fit each side. Only words are kept here; sentiment.ts builds the sentences.

export type Label = 'positive' | 'negative';

export interface Side {
  readonly name: string;
  readonly isPlural: boolean;
  readonly positive: readonly string[];
  readonly negative: readonly string[];
}

export interface Domain {
  readonly things: readonly string[];
  readonly sides: readonly Side[];
  /** What somebody says who liked it, or did not; `it` is the thing. */
  readonly verdicts: Readonly<Record<Label, readonly string[]>>;
  /** What happened, and speaks for itself. */
  readonly events: Readonly<Record<Label, readonly string[]>>;
}

interface DomainText {
  readonly things: string;
  /** name (plural names end in *) : good words : bad words */
  readonly sides: string;
  readonly likes: string;
  readonly dislikes: string;
  readonly goodEvents: string;
  readonly badEvents: string;
}

const lines = (text: string): string[] => text.trim().split('\n');
const commas = (text: string): string[] => text.split(', ');

function domain({ things, sides, likes, dislikes, goodEvents, badEvents }: DomainText): Domain {
  return {
    things: commas(things),
    sides: lines(sides).map((line) => {
      const [name = '', positive = '', negative = ''] = line.split(' : ');
      return {
        name: name.replace('*', ''),
        isPlural: name.endsWith('*'),
        positive: commas(positive),
        negative: commas(negative),
      };
    }),
    verdicts: { positive: lines(likes), negative: lines(dislikes) },
    events: { positive: lines(goodEvents), negative: lines(badEvents) },
  };
}

export const domains: readonly Domain[] = [
  domain({
    things: 'film, comedy, play, thriller, series, documentary',
    sides: `
story : clever, moving, exciting, fresh, believable : dull, confusing, thin, silly, predictable
acting : superb, honest, warm, convincing : wooden, weak, stiff, lazy
music : beautiful, haunting, lively : dreary, annoying, far too loud
ending : perfect, surprising, touching : disappointing, rushed, ridiculous
jokes* : funny, sharp, charming : tired, tasteless, flat
pictures* : stunning, lovely, bright : ugly, blurry, grey`,
    likes: `
I would watch it again tomorrow
I left with a smile
I recommend it to everyone
it stayed with me for days
I was sad when it was over`,
    dislikes: `
I would not watch it again
I left before the end
I cannot recommend it
I forgot it at once
I was glad when it was over`,
    goodEvents: `
the whole room laughed and clapped
my son asked to see it a second time
I cried and laughed in the same minute
two hours passed like ten minutes`,
    badEvents: `
half of the people walked out
my friend fell asleep after ten minutes
I looked at my watch every five minutes
two hours felt like a whole week`,
  }),
  domain({
    things: 'restaurant, café, pizzeria, bakery, soup bar, fish restaurant',
    sides: `
food : delicious, fresh, tasty, excellent : cold, greasy, tasteless, burnt
service : friendly, quick, attentive : rude, slow, careless
prices* : fair, low, very reasonable : shameless, far too high, unfair
soup : rich, hot, wonderful : watery, salty, cold
waiters* : helpful, kind, patient : bored, rude, forgetful
tables* : clean, cosy, nicely set : sticky, dirty, wobbly`,
    likes: `
I will come back soon
we felt at home there
I would eat there every week
it is my new favourite place
we stayed until it closed`,
    dislikes: `
I will never go back
we felt unwelcome there
I would not eat there for free
I warn all my friends about it
we left still hungry`,
    goodEvents: `
the cook came out to ask whether we were happy
they brought us a free dessert
we ate every last crumb
our glasses were never empty`,
    badEvents: `
we waited an hour for a glass of water
there was a hair in my salad
half of the plates went back to the kitchen
they charged us for dishes that never came`,
  }),
  domain({
    things: 'hotel, guest house, hostel, holiday flat, inn, campsite',
    sides: `
room : spotless, quiet, bright, spacious : dirty, noisy, dark, cramped
bed : soft, comfortable, wide : hard, broken, much too short
staff : welcoming, helpful, cheerful : unfriendly, lazy, impatient
breakfast : generous, fresh, excellent : poor, stale, miserable
view : breathtaking, lovely, magnificent : depressing, ugly, sad
showers* : hot, clean, modern : cold, filthy, broken`,
    likes: `
I slept better than at home
we booked again for next year
I would stay there any time
we did not want to leave
it made our holiday`,
    dislikes: `
I did not sleep at all
we left after one night
I would rather sleep in my car
we could not wait to leave
it spoiled our holiday`,
    goodEvents: `
they gave us a better room for free
somebody carried our bags up four floors
there were fresh flowers on the table
the owner drove us to the station`,
    badEvents: `
the heating failed in the middle of the night
someone else was already in our room
there were ants in the bathroom
the lift got stuck with us inside`,
  }),
  domain({
    things: 'book, novel, cookbook, travel guide, collection of stories, biography',
    sides: `
writing : clear, elegant, vivid, warm : clumsy, dry, lifeless, vague
plot : gripping, clever, rich : boring, messy, hollow
characters* : lovable, real, unforgettable : flat, annoying, unbelievable
first chapter : brilliant, inviting, thrilling : tedious, slow, muddled
drawings* : delightful, careful, lovely : ugly, careless, childish
print : clear, large, pleasant : tiny, faint, smudged`,
    likes: `
I could not put it down
I have given it to three friends
I will read it again
I learned something on every page
it deserves a place on every shelf`,
    dislikes: `
I gave up after fifty pages
I would not give it to anybody
I will not finish it
I learned nothing from it
it deserves to be forgotten`,
    goodEvents: `
I missed my stop because I was reading
my daughter reads it under the blanket at night
I read the last page twice
our whole class wants the next part`,
    badEvents: `
twenty pages were missing
the last page explains nothing
I fell asleep over it three times
the same mistakes come back on every page`,
  }),
  domain({
    things: 'phone, camera, printer, vacuum cleaner, washing machine, radio',
    sides: `
battery : long-lasting, strong, reliable : weak, useless, empty after an hour
screen : sharp, bright, clear : dim, scratched, blurry
manual : helpful, simple, clear : confusing, useless, full of mistakes
sound : rich, pleasant, clean : tinny, harsh, unbearable
buttons* : handy, solid, well placed : loose, tiny, badly placed
support team : quick, polite, competent : slow, arrogant, clueless`,
    likes: `
I would buy it again without thinking
it makes my day easier
I am more than satisfied
it is worth every cent
I have never had a better one`,
    dislikes: `
I sent it back
it makes my day harder
I want my money back
it is not worth a single cent
I have never had a worse one`,
    goodEvents: `
it still works after eight years
it survived a fall from the balcony
it was ready to use after one minute
even my grandfather can use it`,
    badEvents: `
it broke after two days
it stopped working during my holiday
it arrived with a crack
it never once connected at the first try`,
  }),
  domain({
    things: 'course, language class, workshop, swimming lesson, guided tour, concert',
    sides: `
teacher : patient, inspiring, well prepared : impatient, boring, badly prepared
group : small, friendly, lively : too big, unfriendly, sleepy
exercises* : useful, varied, fun : pointless, dull, far too hard
rooms* : bright, airy, comfortable : stuffy, freezing, shabby
pace : just right, pleasant, calm : exhausting, painfully slow, hectic
atmosphere : relaxed, cheerful, warm : tense, cold, gloomy`,
    likes: `
I have already signed up again
I went home full of ideas
I enjoyed every minute
my money was well spent
I felt proud at the end`,
    dislikes: `
I stopped going after the second time
I went home with a headache
I regretted every minute
my money was wasted
I felt cheated at the end`,
    goodEvents: `
everyone stayed longer than planned
shy people began to talk
nobody looked at the clock
we all exchanged addresses at the end`,
    badEvents: `
half of us left in the break
it was cancelled twice without a word
nobody could hear a thing
it began forty minutes late`,
  }),
];
