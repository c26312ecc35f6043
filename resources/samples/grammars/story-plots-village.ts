// Plots of the simple stories about the village and its people: storms, promises, trades, journeys and questions.
// Only words; how they are read is said in simple-stories.ts.

export const villagePlots: readonly string[] = [
  `After the Storm / The Broken Roof / Everybody Helps

In the night a storm came over the village. / *weather / All {day} the sky had been yellow, and {elder} said, "Bring in the washing. Something is coming."
@It tore the roof from {elder}'s house and threw it {toplace}. / It knocked down the {tree}, and the {tree} fell on {elder}'s barn. / The river rose and took the little bridge away.
In the morning everyone came out and looked. Nobody spoke. / {Elder} stood before it with {ehis} hands in {ehis} pockets.

@"Well," said {elder}, "now I can see the stars from my bed." / "I am too old to build it again," said {elder}. / "It will cost more than I have," said {elder}, and sat down on a bucket.
{Hero} was only a {child}, but {he} could [carry boards|hold a ladder|hand up nails]. / "How many boards are there?" asked {hero}. They counted {number}. / "We cannot do everything," said {hero}, "but we can do one board."
So {he} picked up the first one. Then {friend} picked up the second. / {He} began alone, and after an hour {he} was not alone any more.

The baker brought {food}, and the blacksmith brought nails. / Someone who had not talked to {elder} for {number} years came with a saw. / Even the {pet} pulled a cart, and wanted an apple for it.
They worked until their hands were [sore|black|stiff]. / It rained again, and they laughed and went on. / Twice it fell down, and twice they built it up, a little straighter each time.
?*think

By {day} evening it was done. / When the last nail was in, it grew dark, and they lit a fire.
"How can I thank you?" asked {elder}. "Tell us a story," said the children. / {Elder} cooked soup in the biggest pot, and there was enough for all. / It was not as beautiful as before, but everybody could show you the piece that was theirs.
*end`,

  `{Hero}'s Promise / The Promise / A Word Is a Word

@"Will you feed my {pet} while I am away?" asked {elder}. "I promise," said {hero}. / {Elder} had to go to town for {number} days. "Please water my {plant} every evening," {ehe} said. {Hero} gave {ehim} {his} hand on it. / "The boats find home by the lamp {place2}," said {elder}. "Will you light it while I am away?" "I promise," said {hero}.
The first day it was easy. / On the first evening {he} did it at once, and the second evening too.
But on {day} there was a [fair|puppet show|boat race] {place}, and all the children went. / Then came a day that was too hot for anything but swimming.

"Come with us," called {friend}. "You can do it later." / "Only for an hour," thought {hero}.
There were [drums and pancakes|swings and a dancing bear|lights in all the trees], and the hour became an evening. / In the middle of the best part {he} remembered. It went through {him} like cold water. / {He} was just about to have the first bite of {food} when {he} thought of {elder}'s face.
"Stay!" said the others. "Nobody will know." "I will know," said {hero}. / *think

{He} ran [all the way|through the dark|without {his} shoes]. / *walk
It was almost too late, but only almost. / {He} came just in time. / {His} side hurt, and there was nobody to see how fast {he} had been.
{He} did what {he} had promised, and then {he} sat down beside it, out of breath. / "Sorry," said {hero}. "I nearly forgot you." / Nobody thanked {him}, and that was all right.

When {elder} came home, everything was as it should be. / {Elder} looked around and nodded. "I see that I chose well."
{Hero} told {ehim} about the fair, all of it. {Elder} laughed. "To forget is easy. To run back is not." / "Was it hard?" asked {elder}. "Only once," said {hero}. / {Elder} had brought {him} a {colour} {thing} from town. "For your feet," {ehe} said.
?*glad
?*end`,

  `From a {Thing} to a {Thing3} / {Hero} Swaps / A Good Trade

{Hero} wanted a {thing3}, but all {he} had was an old {thing}. / All that {hero} owned was a {colour} {thing}, and {he} had no use for it. / "You cannot get something for nothing," said {elder}. "But you may get something for something."
*walk
There {he} met {friend}, who was looking sadly at a broken {thing}. "I need one by {day}," said {friend}. / On the road sat a man whose own {thing} had just fallen into the river.
"Take mine," said {hero}. "What will you give me for it?" "I have only this {thing2}," was the answer. And so the {thing} became a {thing2}. / "Take mine," said {hero}, and gave it away, and got a {thing2} for it.

With that {he} went {toplace2}. There was {elder}, who had [looked for a {thing2} all week|just lost {ehis} own {thing2}|always wanted a {thing2}]. / {Hero} had not gone far when somebody called, "Stop! That is just what I need!" / {Place2} a sailor was waiting for his ship. He was bored, and he liked to trade.
"I will give you {number} eggs for it," {ehe} said. Now {hero} had {number} eggs and had to walk very carefully. / "For that I would give my {pet}," said a woman. "It eats too much." Now {hero} had a {pet} on a rope. / They talked for a long time, first about the weather, then about the price.
"Is that a good trade?" asked a {wild} from the hedge. At least it looked as if it asked. / *think

At last {he} came to a house with a {thing3} in the window. / In the evening {he} stood before the shop with the {thing3}, dusty and tired.
The owner laughed. "What would I do with that?" But his little daughter had already taken it into her arms. / "I do not need it," said the shopkeeper, "but I need somebody who can talk to people as you do. Help me on market days, and it is yours." / "I have waited all week for exactly this," said the old woman who lived there.

So {hero} came home with a {thing3}, and had made {number} people glad on the way. / "And what did it cost you?" asked {elder}. "Only my old {thing} and a pair of soles," said {hero}. / *glad
The next day {friend} came and said, "Would you swap it?" / *end`,

  `Over the Hill to {elder} / The Long Way / A Basket for {elder}

{Elder} was ill, and somebody had to bring {ehim} the [medicine|soup|warm coat]. / "Take this basket to {elder}," said {hero}'s mother, "and be back before dark." / Once a month {hero} walked over the hill to bring {elder} {food}.
*weather
In the basket were {food}, a {thing} and {number} apples. / {He} had never gone so far alone. / "Do not leave the road," they told {him}. {He} did not mean to.

*walk
@At the river the bridge was [gone|under water|full of sheep]. / Halfway up, fog came down, and {he} could not see {his} own feet. / {Place} the road split in two, and the sign had fallen down.
*think / {Hero} sat down on the basket, but not for long.
@"I can take you across," said the ferryman, "for half of what you carry." "Half is too much," said {hero}. "For one apple, then." / {He} listened. Far away a bell rang, and {elder} lived next to the bell. / "Where do you want to go?" asked {friend}, who was [gathering wood|fishing|sitting in a {tree}]. "To {elder}? Then take the way with the flowers."

When {he} arrived, {he} was [tired|hungry|out of breath], but nothing was broken. / The window was dark. {Hero} knocked, and knocked again. / "Who is there?" called a weak voice. "{Hero}, and supper," said {hero}.
"You came in this weather?" said {elder}. / {Elder} ate all of it, and {ehis} cheeks grew red.
"What do I owe you?" {ehe} asked. "A story," said {hero}, and {he} got a long one. / It was too late to go back, so {hero} slept on the bench by the stove. / *glad

The next morning the sun was out, and the way home was much shorter. / *end`,

  `Why? / {Hero} Asks a Question / Little Why

?{Hero} asked so many questions that {elder} called {him} Little Why.
@"Where does the moon go in the morning?" asked {hero}. / "Where do the swallows sleep?" {hero} wanted to know. / "Who is it," asked {hero}, "that sings in the reeds at night?"
"Ask me tomorrow," said {elder}, who was [busy|tired|counting sacks]. / "That is how it is," said {friend}. But that was not an answer.

So {he} went to the miller. "I grind flour," said the miller. "Ask someone who has time." / First {he} asked the {wild}. The {wild} thought it was a question about food. / {He} asked the teacher, and the teacher looked it up in a big book, but somebody had torn out the page. / *walk
The fisherman said one thing, the postwoman said another, and both were quite sure. / The {pet} listened the longest, but said the least.
"I asked {number} people," {hero} told {friend}, "and I have {number} answers." / *sad

"Then find out yourself," said {friend}. / *think
They sat {place} all night, wrapped in one blanket, and watched. / They wrote down what they saw and heard for {number} evenings in a row.
@{Hero} took a candle and {friend} took an apple, and they moved one around the other. / High above them something moved, and then another, and another. / They kept so still that a {wild} walked over {friend}'s shoe.
Slowly the sky turned [grey|pink|green], and they saw it with their own eyes. / "Look!" whispered {friend}. "There!" / And then {hero} understood a piece of it, and the piece led to the next question.

"Now I know," {he} told {elder}. "Tell me," said {elder}, and sat down, "because I never knew." / It was not the whole answer, but it was {his} own. / "And why," asked {hero}, "is there always one more why?" {Elder} had to laugh.
*end`,

  `One Small Seed / The {Plant} / {Hero} Waits

{Elder} gave {hero} a seed. It was no bigger than a [tear|crumb|button]. / In the pocket of an old coat {hero} found a seed. / On {day} a wagon lost a sack, and one seed rolled to {hero}'s feet.
"What will it be?" {he} asked. "Wait and see," said {elder}. / "It is a {plant}," said {friend}. "At least it wants to be one."
{Hero} dug a hole {place}, put the seed in and covered it with earth. / {He} filled a {colour} pot with earth and pushed the seed in with {his} thumb.

Then {he} waited. Nothing happened. {He} waited until supper. Nothing happened. / "It does not work," said {hero} after one day. / Every morning {he} ran out to look, and every morning there was only earth.
{He} wanted to dig it up to see how it was. "Would you like that, if you were asleep?" asked {elder}. / "Sing to it," said {friend}. {Hero} sang. It could not hurt. / *think
?*weather
One morning there was a green tip, as thin as a thread. / After {number} days the earth broke open, and something pale looked out.

But a {wild} came and bit off a leaf, so {hero} built a fence of sticks. / Then it did not rain for weeks, and {he} carried water {toplace2} and back. / One night there was frost, and {hero} put {his} own cap over it.
It grew to {his} knee, to {his} belt and over {his} head. / Some days {he} could see it grow. {Friend} said that this was not possible. / *glad

At the end of summer there was [more of it than anyone had hoped|something to see from far away|enough for the whole street]. / When the time came, it was so heavy that they had to carry it together.
{Hero} gave some to {elder}, some to {friend} and some to the {wild}, which had only been hungry. / They sat around it and ate {food}, and people stopped to look.
And in the middle {he} found {number} seeds. "Now you know what to do," said {elder}. / {Hero} kept one seed and gave the others away. / *end`,

  `The Last Boat / {Hero} Misses the Boat / A Night {place}

The last boat left at [six|seven|eight] o'clock, and {hero} came one minute later. / {Hero} had stopped to look at a {wild}, and that is why {he} missed the boat. / "Hurry!" called {friend}. But {hero}'s shoe had come off, and the boat did not wait.
There it went, smaller and smaller, with its [lamp|flag|smoke]. / {He} waved with both arms. Somebody on the boat waved back, and that was all.
*sad / *weather

"What now?" said {hero}. / *think / There was no one {place} but an old man who was mending a net.
"The next one goes in the morning," said {elder}. "Sit down, or help me." / "You look hungry," said a voice. It was {elder}, with a pot over a small fire. / "I missed a boat once too," said {elder}. "It was the best day of my life."
So {hero} held the [rope|lamp|other end of the net], and {elder} told {him} [about the sea|about {ehis} youth|the names of the stars]. / They caught {number} fish and ate them with {food}. / {Elder} showed {him} how to tie a knot that never opens, and another that opens with one pull.
Later it grew cold, and they shared a blanket that smelled of smoke. / In the distance something jumped out of the water and fell back.

In the middle of the night a [storm|wind|fog] came up. Out on the water a light was dancing. / Long before morning {hero} woke, for somebody was calling from the water.
It was the last boat. It had lost its way. / "They cannot see the rocks!" cried {elder}.
{Hero} took the burning branch and swung it, left, right, left, right. / {He} rang the old bell until {his} arms hurt. / They made the fire as high as a house, and {hero} threw in {his} own {thing}, because it was dry.
Slowly the boat turned. It came nearer and nearer, until the rope flew over. / "This way!" shouted {hero}, and this time the boat heard {him}.

"If you had not missed us," said {friend}, who climbed out wet and pale, "nobody would have been here." / The captain shook {his} hand, and {hero} may ride on the boat for nothing as long as {he} lives. / *glad
*end`,
];
