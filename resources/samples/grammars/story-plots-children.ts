// Plots of the simple stories about children: things lost, broken, feared, wished for and shared. Only words; how
// they are read is said in simple-stories.ts.

export const childPlots: readonly string[] = [
  `{Hero} and the Lost {Thing} / The Lost {Thing} / Where Is the {Thing}?

{Hero} had a {colour} {thing} that {he} loved more than anything. / Of all the things in {his} room, {hero} loved the {colour} {thing} best. / When {hero} was [five|six|seven], {elder} gave {him} a {colour} {thing}. / Everybody in the village knew {hero}'s {colour} {thing}.
{He} took it everywhere, even [to bed|to school|into the bath]. / Every evening {he} put it [on the shelf|under the bed|by the window]. / It was a little [bent|old|scratched], but that did not matter.
*weather / One {day} it was gone.

"Where is my {thing}?" cried {hero}. {He} looked under the bed, behind the door and in every drawer. / {Hero} reached for it, and there was nothing there. / But when {he} came home, {his} hands were empty. The {thing} was gone.
?*sad
"When did you last have it?" asked {elder}. "{Place2}," said {hero}. "No, {place}. Oh, I do not know!" / {Elder} said, "Things do not walk. Go back the way you came." / "Have you seen it?" {he} asked {elder}. "Not today," said {elder}, "but I heard something rattle {place}."

*walk
{He} looked in the [grass|mud|leaves] and found [a button|two nails|a feather|an old shoe], but no {thing}. / First {he} asked a {wild}, but the {wild} only looked at {him} and went away. / {He} searched until {his} knees were [green|black|sore].
?*think
@Then something {colour} shone between the [stones|branches|roots]. It was the {thing}! A {wild} had made its bed in it. / High in the {tree} sat a crow, and beside the crow lay the {thing}. "Swap?" called {hero}, and held up a shiny spoon. / And there came {friend}, with the {thing} under {fhis} arm. "I found it {place}," {fhe} said. "I was just bringing it back."

@"You may keep it," {hero} told the {wild}, "until your young ones have grown." / The crow looked at the spoon with one eye, then with the other, and let go. {Hero} held the {thing} tight all the way home. / {Hero} wiped off the mud and gave {friend} half of {his} {food}, because that was only fair.
?*glad
After that {he} [tied a string to it|wrote {his} name on it|always put it back in its place]. / "It was worth looking," said {hero}, "for I found so many other things." / *end`,

  `{Hero} and the Dark / Not Afraid Any More / The Noise {place} / {Hero} Hears a Noise

{Hero} was not afraid of [dogs|thunder|big boys], but {he} was afraid of [the dark|the cellar|the old well]. / At night, when the lamp was out, {hero} pulled the blanket over {his} nose. / There was one thing {hero} never told anybody: {he} was afraid of the dark.
?One {day} {elder} was away, and somebody had to lock the barn. / *weather
That night there was a noise. [Scratch, scratch|Knock, knock|Tap, tap, tap], it went. / Suddenly something went [bump|creak|thump] {place}. / Just before midnight {he} heard somebody [sighing|knocking|sneezing] outside.

"It is a [giant|robber|ghost]," thought {hero}, and {his} hair stood up. / {Hero} held {his} breath. There it was again! / "Who is there?" called {hero}, but {his} voice was as small as a mouse.
{He} thought of {friend}, who always said, "Look at it, and it gets smaller." / "If I stay here, I will never know," {he} said, and lit a candle. / {He} took {elder}'s big stick in one hand and a piece of {food} in the other. / *think

@Slowly {he} opened the door. The light fell on a wet little {wild} that was shaking with cold. / {He} held up the lamp, and two round eyes looked back. It was only a {wild}, caught behind a bucket. / Step by step {he} went nearer. And what was it? A loose [board|rope|shutter] that the wind was swinging to and fro.
@"Were you afraid too?" asked {hero}. / {Hero} set it free, and it sat still for a moment, as if to say thank you. / "So it was you!" said {hero}, and had to laugh.
{He} felt [foolish|light|warm] and brave, all at once.
?{He} left the door open and went back to bed. / Then {he} sat there for a while and looked at the stars. There were so many.

"Weren't you afraid?" asked {friend} the next day. "Yes," said {hero}, "but I went anyway." / From that night on {hero} needed no lamp. / Since then, whenever it is dark, {hero} says, "Good evening, dark," and the dark is polite and quiet. / *end`,

  `A Present for {elder} / What Can {Hero} Give? / {Hero}'s Present

On {day} it was {elder}'s birthday, and {hero} had nothing to give. / "Tomorrow is {elder}'s birthday," said {friend}. "What will you give {ehim}?" {Hero} had forgotten it. / {Hero} wanted to give {elder} something fine, because {elder} had [taught {him} to read|mended {his} boots|sat with {him} when {he} was ill].
{He} shook {his} money box. Out came [one coin|two coins|a button]. / In the shop there was a {colour} {thing}, but it cost more than {he} had. / {Hero} had {number} small coins, and a {thing} cost twice as much.
?*sad

"Then I will make something," said {hero}. / *think / "A present does not have to come from a shop," said {friend}.
{He} went {toplace} and picked [berries|shells|long grass|dry flowers]. It took the whole day. / {He} asked the {wild} for feathers, the sheep for wool and the wind for good weather. / All afternoon {he} [cut|sewed|painted|glued], and {his} tongue stuck out, because it was hard.
But then [the cat walked over it with wet feet|it fell into the water|the glue would not dry], and {he} had to begin again. / Twice it broke, and twice {he} began again. / Twice {he} wanted to give up. "Only one more try," said {friend}.

When {elder} opened the paper, {ehe} was quiet for a long time. / {Elder} turned it round and round in {ehis} hands. / "It is a bit crooked," said {hero}. "So am I," said {elder}.
"Did you make this yourself?" {ehe} asked. "Then it is the best of all." / "I have many things," said {elder}, "but only one that was made for me." / {Ehe} hung it over the table, where everyone could see it.
They cut the {food}, and {hero} got the [biggest|first] piece. / *glad / *end`,

  `The Quarrel / {Hero} and {Friend} / Half a {Thing}

{Hero} and {friend} were best friends. / Where {hero} went, {friend} went too. / Nobody had ever seen {hero} without {friend}.
One {day} they found a {colour} {thing} {place}. "It is mine, I saw it first!" said {hero}. "It is mine, I picked it up!" said {friend}. / They had only one {thing}, and both of them wanted it. / {Elder} gave them a {thing} for both of them, and that was the beginning of the trouble. / One {day} {hero} wanted to take the {thing} {toplace}, and {friend} wanted to leave it at home.
They pulled, one on each side, until it [cracked|broke|bent and broke]. / "Give it to me!" "No, give it to me!" And then it lay between them on the ground, in two pieces.
"You are not my friend any more," said {hero}, and at once {he} was sorry, but {he} did not say so. / "Now look what you have done!" shouted {friend}, and ran home. / They did not look at each other. One went left, the other went right.

*weather
{Hero} played alone. {He} threw the ball and had to fetch it {himself}. / That afternoon was as long as a week. / {Hero} won every game, because there was nobody to play against. / At home even the {food} had no taste.
{Friend} sat {place2} and was not happy either. / "Why are you so quiet?" asked {elder}. {Hero} only shook {his} head.
"A thing you can mend," said {elder}. "A friend too, but sooner is easier." / *think / {He} looked at the broken piece. What good was half a {thing}?

So {hero} went {toplace}, and on the way {he} met {friend}, who was coming to {him}. / In the evening somebody knocked. It was {friend}, with a pot of glue. / {Hero} wrote on a paper, "I am sorry," and pushed it under {friend}'s door. A moment later it came back. On it was written, "Me too."
Both said "sorry" at the same moment, and both had to laugh. / "You may have it," said {hero}. "No, you," said {friend}. And so they almost quarrelled again. / They mended it together, and you could see the crack, but it held.
"On even days it is yours," they agreed, "and on odd days it is mine." / *glad / *end`,

  `{Hero} Breaks a Jug / The Truth / Who Did It?

It happened so quickly. {Hero} was [running through the kitchen|playing ball in the house|reaching for the jam], and then the big jug lay on the floor in {number} pieces. / {Elder} had a {colour} jug that was older than the house. {Hero} was not allowed to touch it. {He} touched it. / "Do not play near the shelf," {elder} had said. But the ball did not listen, and neither did {hero}. Crash!
{He} pushed the pieces [under the carpet|behind the stove|into a sack], and {his} heart beat fast. / "Nobody saw it," thought {hero}. Only the {pet} had seen it, and the {pet} could not talk.

When {elder} came in, {ehe} looked at the shelf. "Who broke my jug?" / At supper {elder} asked, "Has anyone seen my jug?"
@"It was the {pet}," said {hero}. {Elder} looked at the {pet}, and the {pet} looked at {hero}. / "The wind," said {hero}, but all the windows were shut. / {Hero} looked at {his} plate and said nothing, which was also a kind of lie.
@So the {pet} had to sleep outside, and it was raining. / {Elder} went round and tried every window. / After that the {food} tasted of nothing.
That night {hero} could not sleep. [The pieces seemed to whisper|The lie lay in bed beside {him}|The rain seemed to say, you, you, you].
?*sad

At last {he} got up and went to {elder}. "It was me," {he} said. "I was afraid." / In the morning {he} put all the pieces on the table. "I did it," {he} said, "and then I lied, and the lie was heavier than the jug." / {He} took {elder} by the hand and showed {ehim} the pieces.
{Elder} was silent. Then {ehe} said, "I am sad about the jug. But I am glad about you." / "Thank you for telling me," said {elder}. "Now we both can sleep." / "I knew it," said {elder}. "I was only waiting for you to know it too."
@The first thing {hero} did was to bring the {pet} inside and rub it dry. / nothing / nothing
Together they glued the jug. It does not hold water now, but it holds flowers. / To pay for a new one, {hero} helped {place} for {number} days. / *end`,

  `The New {Fchild} / {Friend} Comes to the Village / A Place at the Table

There was a new {fchild} in the village. {Fhis} name was {friend}. / On {day} a cart stopped before the empty house, and a {fchild} climbed down with a {thing} in {fhis} arms. / Nobody knew where {friend} came from.
{Fhe} stood by the wall and did not speak. / When the others played, {friend} watched from far off. / "{Fhe} is proud," said some of the children. "{Fhe} is strange," said others.
{Hero} remembered [{his} own first day|how it feels to stand alone|what it is like when nobody asks your name]. / But {hero} saw that {fhe} was [only shy|holding the {thing} very tightly|looking at the ball].

@"Can you [play ball|climb trees|whistle]?" {hero} asked. {Friend} shook {fhis} head. / "I am {hero}," said {hero}. "This is my {food}. Do you want some?" / {Hero} went over and sat down beside {fhim}. For a while they said nothing.
@"Where I come from, we [play another game|have no hills|live on boats]," said {friend} at last. "Shall I show you?" / Then {friend} put the {thing} to one side and took the piece, and that was the beginning. / "What have you got there?" asked {hero}. {Friend} opened {fhis} hands and showed the {thing}. It was the most beautiful one {hero} had ever seen.
?*weather

{Fhe} knew {number} games that nobody in the village knew. Soon all the children stood around them. / {Friend} could do something none of them could: {fhe} could [call birds|walk on {fhis} hands|tell stories without a book]. / It turned out that {friend} ran faster than anyone, so every side wanted {fhim}.
"Why didn't you say so?" asked the others. "Nobody asked," said {friend}. / "And we thought you were proud," said one. "I thought you were," said {friend}. / *glad
In the evening there was one more bowl on {hero}'s table. / *end`,

  `Salt and Sugar / {Hero} Bakes / The Strange Cake

"Today I will bake {food} all alone," said {hero}. / {Hero} had watched {elder} bake a hundred times, so {he} was sure {he} could do it. / {Elder} was ill in bed, and {hero} wanted to cook something good for {ehim}.
{He} took flour, {number} eggs and a big spoon. / Flour flew through the kitchen until even the {pet} was white. / {He} tied on the apron, which went round {him} twice.
There were two white jars on the shelf. {Hero} took the left one. / "Is this sugar?" {he} asked the {pet}. The {pet} did not say no. / {Friend} read the recipe aloud, but {fhe} turned two pages at once.

The oven grew hot, and the kitchen smelled [good|strange|of smoke]. / An hour later it came out, [flat as a plate|hard as a brick|high as a hat].
{Hero} tasted it first. {He} made a face. It was salt! / {Elder} took a bite, chewed, and drank a whole jug of water. / Everybody took a piece, and then everybody was very quiet.
?*sad

"Now I know where the salt is," said {elder}, and laughed until {ehe} coughed. / "It is not a cake," said {friend}. "But the sheep like salt. Let us take it to the sheep." / "My first one was worse," said {elder}. "The {pet} buried it."
So they carried it {toplace}, where the {wild} and the sheep ate every crumb. / They wrote a big S on one jar and a big Z on the other, because {friend} could not spell. / Then they began again, and this time {hero} put {his} finger into the jar first.
The second one was so good that nothing was left of it. / *glad / *end`,
];
