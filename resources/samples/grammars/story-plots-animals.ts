// Plots of the simple stories about animals: lost, clever, greedy, waiting and racing. Only words; how they are
// read is said in simple-stories.ts.

export const animalPlots: readonly string[] = [
  `{Petname} Is Gone / Where Is {Petname}? / How {Hero} Found {Petname}

{Hero} had a {pet} called {petname}. / {Elder}'s {pet}, whose name was {petname}, followed {hero} everywhere. / Nobody was as stubborn as {petname}, the {pet}.
{Petname} could [open every gate|eat anything, even hats|smell {food} through a wall]. / Every [morning|evening] {hero} brought {petname} [water and hay|a piece of {food}|an apple], and they talked a little.
But one {day} the stable was empty and the gate stood open. / Then came the night of the great storm, and in the morning {petname} was gone.

"{Petname}!" called {hero}. Only the [echo|wind|cuckoo] answered. / {Hero} asked {elder}, and {elder} asked the neighbours, but no one had seen {petname}. / *sad
There were small tracks in the [mud|snow|sand], and {hero} followed them {toplace}. / "I heard a {pet} {place}," said {friend}. "It sounded angry." / At the gate hung a bit of fluff, and another at the next bush. That was a trail!
*weather / *walk
There the tracks ended. {Hero} held {his} breath and listened. / "Quiet," said {friend}. "Do you hear that?"

{Petname} stood on a rock in the middle of the water and did not dare to move. / {Petname} had fallen into a deep hole and could not get out. / {Petname} was caught in a hedge, and the more it pulled, the tighter the thorns held.
"Do not move," said {hero}. {He} [laid a plank|tied a rope to the {tree}|took off {his} coat] and [crept|climbed|crawled] nearer. / {Hero} could not do it alone, so {friend} held {him} by the belt. / It was no use to pull. So {he} waited, and talked softly, until {petname} grew calm.
?Twice {he} slipped. / "One more step," said {friend}. "One more."
Then, with a [jump|splash|grunt], {petname} was free. / At last {he} had both arms around {petname}'s neck. / When {petname} smelled the {food}, it forgot its fear and helped with all its strength.

{Petname} licked {his} face as if nothing had happened. / *glad / All the way home {petname} walked so close that {hero} almost fell over it.
{Elder} put a second lock on the gate. {Petname} learned to open that one too. / "Who found whom?" said {elder}, and dried them both with one towel. / *end`,

  `The {Wild} and the {Wild2} / A Trick {place} / The Clever {Wild2}

Once a {wild} found [a cheese|a fat fish|a jar of honey|a basket of plums] {place}. / Once a {wild} and a {wild2} lived {place}. / Long ago, when animals could talk, a {wild} thought it was the cleverest of them all.
"All mine," said the {wild}. / It was proud of its fine [coat|voice|tail], and told everybody so.
A {wild2} came by. It had not eaten since [{day}|the day before|the first snow]. "Will you share?" it asked. / "Good day," said the {wild2}. "May I sit down with you?"
"Work for it," said the {wild}. "I work for nobody and share with nobody." / "There is not enough," said the {wild}, though there was enough for ten.

The {wild2} did not [shout|beg|bite]. It only [sighed|sat down|looked up at the sky]. / The {wild2} thought for a moment.
@"What a pity," it said. "I wanted to tell you about the bigger one {place2}." / "As you like," it said. "I only came to tell you that the hunter is on his way {toplace}." / "I bet," it said, "that you cannot [carry it across the water|eat it with your eyes shut|hide it so well that I do not find it]."
@"A bigger one?" The {wild} pricked up its ears. / "The hunter?" The {wild} turned pale to the tip of its nose. / "Of course I can!" cried the {wild}. "I can do anything."

@So the {wild} ran off {toplace2}, and there was nothing there but [wind|mud|an old boot]. / It jumped into a [bush|hole|barrel] and did not come out for an hour. But no hunter came, for there was none. / Full of pride it set out, and halfway there it [slipped|sneezed|saw itself in the water], and the best of it rolled away to the {wild2}.
When it came back, it was tired and hungry. The {wild2} was still sitting there. / "You tricked me!" said the {wild}. / It sat down and thought, which it had not done for a long time.
"I could have taken it all," said the {wild2}. "Here is your half." / "You tricked yourself," said the {wild2}. "I only stood by." / "Had you shared, you would have half," said the {wild2}. "Now you have a whole lesson."

The {wild} was silent for some time. Then it began to laugh. / The {wild} was ashamed, and the next time it called the {wild2} before it took a bite. / Since that day the two of them eat together, and each watches the other's plate.
"A clever head is good," say the animals, "but an open hand is better." / And that is why the {wild} still looks over its shoulder when it eats. / The owl, who had seen it all, said nothing, as owls do.`,

  `The Race / {Hero} Runs / First and Last

On {day} there was a race from the church {toplace}. / Every year, when the hay was in, the village held a race. / "Whoever is first {place} wins a {colour} {thing}," said {elder}.
{Hero} wanted to win more than anything. {He} had run every morning since the snow melted.
{Friend} was the fastest in the village, and {fhe} knew it. / "You?" said {friend}. "You run like a cow." / There were {number} others, and all of them had longer legs.

"One, two, three!" called {elder}, and off they went. / A bell rang, and everybody ran. Dust flew.
At first {hero} was [last|third|in the middle of all the elbows]. / By the mill {hero} was in front, and behind {him} {he} heard only {his} own feet.
@Then {he} saw {friend} on the ground, holding {fhis} foot. / But {place2} somebody was calling for help. A {wild} had fallen into the ditch. / Then a little boy stood crying in the road. He had lost his mother.
The others ran past. / If {he} stopped, it was all over. {Hero} stopped. / For a moment {hero} looked at the others, who did not turn their heads.
@"Go on!" shouted {friend}. "You can win!" But {hero} bent down. "Lean on me," {he} said. / {He} climbed into the ditch and lifted the {wild} out, although it bit {him} in the thumb. / "Come," said {hero} and took the boy by the hand. "We will look for her together."
It took a while before they went on. / It took a long time, and the noise of the others grew faint.

So {hero} came in last, and slowly, because {he} was not alone. / When they reached the end, the ribbon was already down. / The winner was already eating {food} when {hero} arrived.
But the people [clapped|stood up|threw their caps in the air] as if it were the other way round. / "We have two winners," said {elder}. "One with quick legs, and one with quick eyes."
"Why did you stop?" asked {elder}. "I could hear it better than the bell," said {hero}. / The next day somebody had put the {thing} at {his} door. It was the winner, who had thought about it all night. / *glad
?*end`,

  `The Bird with the Hurt Wing / {Hero} and the Bird / Until It Could Fly

In the grass {place} lay a little bird. / One {day} something hit the window. It was a young bird, and one of its wings hung down. / The {pet} brought something home in its mouth, and it was still alive.
*weather
"It cannot fly," said {friend}. "It will die." "Not if I can help it," said {hero}. / {Hero} lifted it up. It was as light as a [leaf|letter|handful of snow], and its heart beat against {his} thumb.
{Elder} showed {him} how to tie the wing with a thread. / {He} made a bed of [wool|moss|old socks] in a box and put it near the stove. / "It needs rest, water and quiet," said {elder}, "and luck."

At first the bird would not eat. {Hero} tried [bread|seeds|worms], and in the end it took a worm. / Every two hours {he} gave it water from a spoon, even at night. / It sat there with its eyes shut, and {hero} told it stories, because that could do no harm.
Day by day it grew [stronger|louder|hungrier]. / After {number} days it hopped out of the box and stole {friend}'s crumbs. / Soon it sang in the morning before anyone was up, and nobody was angry.
?The {pet} had to stay outside and was insulted.

"It is time," said {elder}. {Hero} did not want to hear it. / Then came the day when it flew from the stove to the lamp. / In autumn the other birds met on the roof, and the little one sat at the window all day.
"It could live with us for ever," said {hero}. "Ask the bird," said {elder}. / *sad / "If I keep it, it is mine," thought {hero}. "But if I let it go, it is a bird."
{He} opened the window. For a moment nothing happened. Then there was a flutter, and {his} hand was empty. / {He} carried it {toplace2} and opened {his} hands. It looked at {him} once, and flew.

In spring a bird sang in the {tree}, and {hero} was sure that {he} knew the song. / {Hero} kept the box, just in case. / The next year there was a nest over the door, with {number} eggs in it. / *end`,

  `A House for the {Wild} / The {Wild} in Winter / Cold Days

Winter came early, and the {wild} had no house yet. / All summer the {wild} had [danced|slept in the sun|told jokes]. Now the first snow fell. / A {wild} had lost its home, because the old {tree} had been cut down.
*weather
@It knocked at the {wild2}'s door. "May I come in?" "There is room for one," said the {wild2}, "and I am one." / It asked the cow, but the cow said, "You are too small, I might step on you." / It tried a bucket, a boot and a broken pot, but each of them had a hole.
?It was so cold that its [whiskers|tears|thoughts] froze.

{Hero} found it {place}, curled up like a [ball|leaf|glove]. / {Hero} and {friend} were building a snowman when they heard a very small cough. / In the morning {hero} saw tracks that led to the door and stopped there.
"It needs a house," said {hero}. "With a roof," said {friend}, "and a door that keeps the wind out." / "We cannot leave it here," said {friend}. "But {elder} will not have it in the kitchen."
They took an old [crate|barrel|basket], turned it upside down and filled it with straw. / {Hero} brought boards, {friend} brought nails, and {elder} brought the hammer, because {ehe} was curious. / They used leaves, two planks and {hero}'s old cap, which was too small anyway.
At first it stood crooked, and the wind blew it over. Then they put stones around it. / {Friend} hit {fhis} thumb {number} times and said a word that is not written here.

The {wild} sniffed, went round it twice, and crept inside. / When all was done, they hid behind the {tree} and waited. A nose came, then two ears, then the whole {wild}.
All winter a thin [thread of breath|row of tracks|sound of snoring] showed that somebody was at home. / Each evening they put down a bit of {food}, and each morning it was gone.
@And the {wild2}? Its roof broke under the snow, and then it learned that there was room for two. / In spring the {wild} came out with {number} little ones behind it. / "Next year," said the {wild}, "I will begin in May." But it did not.
?*end`,

  `The {Pet} That Would Not Move / Stubborn {Petname} / Pull and Push

{Petname} was a {pet}, and when {petname} did not want to, {petname} did not want to. / One {day} {elder} wanted to take the {pet} {toplace}. The {pet} did not want to go.
It stood in the middle of the [road|bridge|yard] and shut its eyes. / "Come," said {elder}. The {pet} sat down.
{Elder} pulled in front, and the {pet} leaned back. / {Elder} pushed from behind. It was like pushing a house.

{Friend} came by. "You must shout," {fhe} said, and {fhe} shouted. The {pet} yawned. / "Wave something {colour}," said {friend}. They waved {hero}'s {thing}, and the {pet} ate a corner of it. / The miller's wife said, "Sing to it." They sang, and from far away the dogs answered.
Soon half the village stood there and gave advice. / A carter who could not get past began to [swear|laugh|eat his lunch].
?*weather

Then {hero} came. {He} did not pull and did not push. / "Has anybody asked it why?" said {hero}. Nobody had. / *think
@{He} bent down and looked at its feet. There was a [thorn|stone|nail] in one of them, small and sharp. / {He} looked where the {pet} was looking. Ahead of it, on the planks, lay a {wild} with its young. / {He} knelt and put an ear to the ground. Under the road the water was roaring. The bridge was loose!
@"Poor {pet}," said {hero}. "Why did nobody look?" / "Good {pet}," said {hero}. "You did not want to step on them." / "Good {pet}," said {hero}. "You knew better than all of us."

@Now it was easy. {Hero} pulled it out, and the {pet} trotted on as if nothing had happened. / They waited until the last of the little ones was across. Then the {pet} went on by itself. / The people went pale and stepped back, one after the other, without a word.
{Elder} took off {ehis} hat to the {pet}. / {Elder} gave the {pet} a whole apple. / *glad
From that day {elder} asked first and pulled later. / "Stubborn," said {friend}, "is what we call those who know something we do not." / *end`,
];
