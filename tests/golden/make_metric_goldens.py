"""Writes tests/golden/metrics/*.json: what sacreBLEU, rouge_score and scikit-learn say of made-up outputs.

Run once, with sacrebleu, rouge_score and scikit-learn installed: python tests/golden/make_metric_goldens.py
Every sentence was written for this file. Outputs are the sentences with mistakes made by a seeded generator.
"""

import json
import random
from pathlib import Path

import numpy as np
from nltk.stem.porter import PorterStemmer
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

OUT = Path(__file__).parent / "metrics"
ROUGE = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
TOKENIZERS = ["13a", "intl", "char", "none"]

SENTENCES = """
The loom stands by the window, and nobody has touched it since March.
A red thread runs through the whole cloth; you only see it in low light.
How many yards did she weave last week?
She said: "Don't cut it yet!" and left the room.
The price rose from 1,250.50 to 1,312.75 within 3 days.
At 12:30 the train left platform 9-10, 4.5 minutes late.
It costs $5, €7 or £6.20 (tax included).
Write to loom@example.org or call +49-30-123456.
He mixes blue &amp; green, then writes &quot;teal&quot; on the lid.
If a &lt; b and b &lt; c, then a &lt; c.
The state-of-the-art shuttle weighs 0.3kg, i.e. less than an egg.
Yes.
No
OK!
7
?
Two.
Never mind...
They were walking, talking and singing along the riverbanks all evening.
The weavers' relational databases were carefully organised by generous operators.
Happily, the conditional probabilities of both hypotheses were easily computed.
Replacement adjustments are adoptable if the committee agreed on controlling them.
A dog runs across the wet grass with a stick in its mouth.
Two children in yellow coats jump over a puddle.
The old man who sells apples at the corner knows every name in the street.
An engine is only as quiet as its loosest screw.
The committee has not decided whether the bridge will be closed on Monday or on Tuesday.
This is a test, this is a test, this is only a test.
the the the the the the
Is it 5% or 50%? Nobody knows; the label reads "~5 %".
[Note] see section 3.2.1 (page 17) / appendix B_2 {draft}.
C++ and C# aren't the same; f(x) = x^2 + 1, a[i] |= 3, `ls -l` & so on.
Underneath the stairs there is a box.\\nIn the box there is a key.\\nThe key fits no door.
First warm the oven.\\nThen mix flour, salt and water.\\n\\nBake it for 40 minutes.
The river is high today.\\nThe river was low yesterday.\\nNobody swims in the river.
Der Webstuhl steht am Fenster, und niemand hat ihn seit März berührt.
Ein roter Faden zieht sich durch das ganze Tuch; man sieht ihn nur bei schwachem Licht.
Wie viele Meter hat sie letzte Woche gewebt?
Sie sagte: „Schneide es noch nicht ab!“ und verließ den Raum.
Der Preis stieg innerhalb von 3 Tagen von 1.250,50 € auf 1.312,75 €.
Größe und Maß: 12,5 cm × 30 cm – für Füße über Schuhgröße 46.
Zwei Mädchen in gelben Jacken springen über eine Pfütze.
Ein Hund läuft mit einem Stock im Maul über die nasse Wiese.
Übermütige Kälber ärgern den müden Bären im Gebüsch.
Ja, natürlich.
Straßenbahnhaltestelle
Die Brücke wird am Montag – oder erst am Dienstag? – gesperrt.
»Ach so«, murmelte er, »dann eben nicht …«
Am 3. Oktober 2021 um 7.15 Uhr fuhr der Zug Nr. 5 ab.
Äpfel, Öl, Übung: alles groß GESCHRIEBEN.
今天的天气很好，我们去河边散步吧。
他昨天买了三本书，还有一支红色的笔。
这台织布机有一百年的历史。
窓のそばに古い織機が置いてある。
明日は雨が降るかもしれないので、傘を持って行ってください。
コーヒーを２杯飲んだ。
그녀는 창가에 앉아 편지를 읽고 있었다.
비가 오면 우리는 집에 있을 거예요.
Le métier à tisser n'a pas bougé depuis l'été ; c'est étrange.
¿Cuántos metros tejió ella la semana pasada? ¡Muchísimos!
Нитка красная, а ткань синяя.
Το νήμα είναι κόκκινο και ο ΙΣΤΌΣ μπλε.
İstanbul'da ipek ışıl ışıl parlıyor.
الخيط أحمر والقماش أزرق.
धागा लाल है और कपड़ा नीला।
I love this 🧵🧵 so much 😀!
👩‍👩‍👧 is one family, 🇩🇪 is one flag, and 1️⃣ is a number.
🧵
Mixed: 温度は 25°C, naïve café, ﬁne ﬂow, x² ≤ ½ → ∞.
tab\there, wide\u3000space, narrow\u00a0space and zero\u200bwidth
e\u0301tude versus \u00e9tude
It all ended in 2021.\\s
A line that is cut off at a-\\n
a next line\x85here, unit\x1fseparators\x1cthere and a mark\ufeff between
<skipped> markers vanish from this line, hyphen-\\nated words are joined
""".strip().split("\n")
SENTENCES = [s.replace("\\n", "\n").replace("\\t", "\t").replace("\\s", " ") for s in SENTENCES]

STEMS = """abl agre archaeolog b bl capit cat comput conflat contr control critic d defin depend digit du electr enjo fail
fizz fl form gener geo gl happ hop hopp inning k l ly marri motor n nationa nat oper opp pl plaster predic pr rat rel s
sens siz sk snow st syzyg t tall tann theo tr trad troubl tru un uti valen vi vil wa ye yy z""".split()
ENDINGS = """_ s es ies ied ed eed ing ings y yed ying ational tional enci anci izer bli abli alli entli eli ousli ization
ation ator alism iveness fulness ousness aliti iviti biliti fulli logi icate ative alize iciti ical ful ness al ance ence
er ic able ible ant ement ment ent sion tion ion ou ism ate iti ous ive ize e ee l ll lling led w x sses ss us
ationally tionally fully logy""".split()
WORDS = "sky skies dying lying tying news innings inning outings outing cannings canning howe proceed exceed succeed 2nd 100s x9ing"


def spoiled(sentence, other, kind, roll):
    """The sentence with a mistake of one of many kinds."""
    words = sentence.split(" ")
    at = roll.randrange(len(words))
    if kind == 0:
        return sentence
    if kind == 1:
        return " ".join(words[:at] + words[at + 1 :])
    if kind == 2:
        words[at] = roll.choice(other.split(" "))
        return " ".join(words)
    if kind == 3:
        return " ".join(words[: at + 1] + words[at:])
    if kind == 4:
        return " ".join(words[: max(1, len(words) // 2)])
    if kind == 5:
        return roll.choice([sentence.lower(), sentence.upper()])
    if kind == 6:
        return sentence + " " + other
    if kind == 7:
        roll.shuffle(words)
        return " ".join(words)
    if kind == 8:
        return sentence[: len(sentence) * 2 // 3]
    if kind == 9:
        return roll.choice(["", " ", "\n", "."])
    if kind == 10:
        return "  " + sentence.replace(" ", "  ").replace(".", " .").replace(",", " ,") + "\x1f\ufeff \u2028"
    if kind == 11:
        return other
    words[at] = words[at][:-1] + roll.choice(["s", "ing", "!", "-1", "'s", "ö"])
    return " ".join(words)


def examples():
    roll = random.Random(20)
    made = []
    for variant in range(3):
        for i, sentence in enumerate(SENTENCES):
            other = roll.choice(SENTENCES)
            kind = (i + 5 * variant) % 13
            references = [sentence]
            if i % 3 == 0:
                references.append(spoiled(sentence, other, 12, roll))
            if i % 9 == 0:
                references.append(spoiled(sentence, other, 4, roll))
            if i % 18 == 0:
                references.append("")
            made.append({"output": spoiled(sentence, other, kind, roll), "references": references})
    return made


def summaries():
    """Lines of few different words, which have many longest common subsequences: which one is taken shows."""
    roll = random.Random(8)
    text = lambda: "\n".join(" ".join(roll.choices("abcd", k=roll.randrange(9))) for _ in range(4))
    scorer = RougeScorer(["rougeLsum"])
    for _ in range(60):
        output, reference = text(), text()
        score = scorer.score(reference, output)["rougeLsum"]
        yield {"output": output, "reference": reference, "score": [rounded(v) for v in score]}


def rounded(value):
    return round(float(value), 6)


def streams(made, most):
    """References as sacreBLEU takes them: None where an example has no more."""
    return [[(e["references"] + [None] * 9)[k] for e in made] for k in range(most)]


def first_only(made):
    return [{**e, "references": e["references"][:1]} for e in made]


def bleu_options():
    yield {}, {}
    for tokenizer in TOKENIZERS[1:]:
        yield {"tokenizer": tokenizer}, {"tokenize": tokenizer}
    yield {"lowercase": True}, {"lowercase": True}
    yield {"effectiveOrder": True}, {"effective_order": True}
    for smoothing in ["floor", "add-k", "none"]:
        yield {"smoothing": smoothing}, {"smooth_method": smoothing}
    yield (
        {"smoothing": "add-k", "smoothingValue": 0.5, "tokenizer": "intl"},
        {"smooth_method": "add-k", "smooth_value": 0.5, "tokenize": "intl"},
    )


def bleu_score(score, **more):
    return {
        "score": rounded(score.score),
        "precisions": [rounded(p) for p in score.precisions],
        "brevityPenalty": rounded(score.bp),
        "outputLength": score.sys_len,
        "referenceLength": score.ref_len,
        **more,
    }


def corpus_scores(made):
    """All examples with all references, with their first, and those of few words."""
    short = [e for e in made if len(e["output"]) < 25]
    for name, part, most in [("all", made, 4), ("first", first_only(made), 1), ("short", first_only(short), 1)]:
        outputs, references = [e["output"] for e in part], streams(part, most)
        bleu = []
        for ours, theirs in bleu_options():
            metric = BLEU(force=True, **theirs)
            score = metric.corpus_score(outputs, references)
            bleu.append({"options": ours, **bleu_score(score, signature=str(metric.get_signature()))})
        chrf = []
        for word_order in [0, 2]:
            for lowercase in [False, True]:
                metric = CHRF(word_order=word_order, lowercase=lowercase)
                chrf.append(
                    {
                        "options": {"wordOrder": word_order, "lowercase": lowercase},
                        "score": rounded(metric.corpus_score(outputs, references).score),
                        "signature": str(metric.get_signature()),
                    }
                )
        rouge = []
        for stemmer in [False, True]:
            scorer = RougeScorer(ROUGE, use_stemmer=stemmer)
            each = [scorer.score_multi(e["references"], e["output"]) for e in part]
            rouge.append({t: [rounded(v) for v in np.mean([s[t] for s in each], axis=0)] for t in ROUGE})
        yield {"name": name, "bleu": bleu, "chrf": chrf, "rouge": rouge}


def sentence_scores(made):
    metrics = [BLEU(force=True, **{"effective_order": True, **theirs}) for _, theirs in bleu_options()]
    strict = BLEU(force=True)
    tokenizers = [BLEU(force=True, tokenize=t) for t in TOKENIZERS]
    chrf = [CHRF(), CHRF(word_order=2), CHRF(word_order=2, lowercase=True)]
    rouge = [RougeScorer(ROUGE, use_stemmer=s) for s in [False, True]]
    for e in made:
        output, references = e["output"], e["references"]
        as_corpus = [output], [[r] for r in references]
        yield {
            **e,
            "bleu": [rounded(m.sentence_score(output, references).score) for m in metrics],
            "strictBleu": rounded(strict.corpus_score(*as_corpus).score),
            "bleuStatistics": [m._extract_corpus_statistics(*as_corpus)[0] for m in tokenizers],
            "chrf": [rounded(m.sentence_score(output, references).score) for m in chrf],
            "chrfStatistics": chrf[1]._extract_corpus_statistics(*as_corpus)[0],
            "rouge": [
                [[rounded(v) for v in s.score_multi(references, output)[t]] for t in ROUGE] for s in rouge
            ],
        }


def bootstrap(made):
    """Paired tests of outputs of different variants; every number that was drawn is kept."""
    count, samples, seed = len(SENTENCES), 60, 12345
    systems = [[e["output"] for e in made[k * count : (k + 1) * count]] for k in range(3)]
    # A system that differs little from the first: only every tenth output is another.
    systems.append([systems[1][i] if i % 10 == 3 else s for i, s in enumerate(systems[0])])
    drawn = np.random.default_rng(seed).choice(count, size=(samples, count), replace=True)
    tests = []
    for a, b in [(0, 1), (1, 2), (0, 3), (0, 0)]:
        metrics = {"bleu": BLEU(force=True), "chrf": CHRF()}
        pair = [("a", systems[a]), ("b", systems[b])]
        signatures, results = PairedTest(pair, metrics, [SENTENCES], test_type="bs", n_samples=samples)()
        tests.append(
            {
                "baseline": a,
                "system": b,
                **{
                    key: {
                        "signature": str(signatures[name]),
                        **{
                            side: {
                                "score": rounded(r.score),
                                "mean": rounded(r.mean),
                                "halfWidth": rounded(r.ci),
                                **({} if r.p_value is None else {"pValue": rounded(r.p_value)}),
                            }
                            for side, r in zip(["baseline", "system"], results[name])
                        },
                    }
                    for key, name in [("bleu", "BLEU"), ("chrf", "chrF2")]
                },
            }
        )
    return {"seed": seed, "references": SENTENCES, "systems": systems, "drawn": drawn.tolist(), "tests": tests}


def classes():
    roll = random.Random(3)
    names = ["joy", "anger", "calm", "fear"]
    noisy = lambda xs, pool, right: [x if roll.random() < right else roll.choice(pool) for x in xs]
    four = [roll.choice(names) for _ in range(60)]
    digits = [roll.randrange(12) for _ in range(80)]
    rare = ["a"] * 17 + ["b"] * 2 + ["c"]
    cases = [
        (four, noisy(four, names, 0.6), None),
        (digits, noisy(digits, range(12), 0.5), None),
        ([0, 1, 1, 0, 1, 0, 0], [0, 1, 0, 0, 1, 1, 0], None),
        (rare, ["a"] * 19 + ["d"], None),
        (four, noisy(four, names, 0.8), ["fear", "calm", "pride", "anger", "joy"]),
        (["x", "x"], ["x", "x"], None),
        (["x", "y"], ["y", "x"], None),
    ]
    for targets, predictions, labels in cases:
        figures = lambda average: [
            rounded(v)
            for v in precision_recall_fscore_support(
                targets, predictions, labels=labels, average=average, zero_division=0
            )[:3]
        ]
        per_class = precision_recall_fscore_support(targets, predictions, labels=labels, zero_division=0)
        yield {
            "targets": targets,
            "predictions": predictions,
            **({} if labels is None else {"labels": labels}),
            "accuracy": rounded(accuracy_score(targets, predictions)),
            "classes": [[rounded(v) for v in row] for row in zip(*per_class)],
            "macro": figures("macro"),
            "micro": figures("micro"),
            "weighted": figures("weighted"),
            "confusion": confusion_matrix(targets, predictions, labels=labels).tolist(),
        }


def stems():
    words = WORDS.split() + [stem + ending.strip("_") for stem in STEMS for ending in ENDINGS]
    words = [w for w in words if len(w) > 3]
    stemmer = PorterStemmer()
    return {"words": " ".join(words), "stems": " ".join(stemmer.stem(w) for w in words)}


def write(name, value):
    OUT.mkdir(exist_ok=True)
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    (OUT / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main():
    made = examples()
    write("sentences", list(sentence_scores(made)))
    write("corpora", list(corpus_scores(made)))
    write("bootstrap", bootstrap(made))
    write("classes", list(classes()))
    write("stems", stems())
    write("summaries", list(summaries()))


if __name__ == "__main__":
    main()
