"""Tests of the scripts: `python3 -m unittest discover -s tests/eval`."""

import unittest
from pathlib import Path

import labelled
from hear import runs
from leak import auc
from reading import Reading, Score
from score import bare
from words import align, comparable, errors

ANSWER = """# kind: failure
# question: Tell me about a time you failed.
# layers: customer_problem=- metric=2 decision=- conflict=- consequence=- reflection=-
cut throat_clearing | {f:Um}, great question.
keep conclusion*? | I lost {m:41 percent of the bookings}, {r:I,} I did.
trim context | It was {v:a lot of} work.
"""


def report(words, sentences, conclusion):
    """A report with nothing but words and verdicts; `sentences` are (words, verdict)."""
    spans = [{"index": i, "words": span} for i, (span, _) in enumerate(sentences)]
    return {
        "transcript": {"words": [{"text": word} for word in words], "sentences": spans},
        "cuts": [{"sentence": i, "verdict": verdict} for i, (_, verdict) in enumerate(sentences)],
        "measures": {
            "time_to_conclusion": {"sentence": conclusion},
            "fillers": {"items": [{"class": "repetition", "words": [5, 6]}]},
            "vague": {"items": []},
            "metrics": {"items": []},
            "layers": {"metric": {"sentence": 0}, "decision": None},
        },
    }


class Labels(unittest.TestCase):
    """The reader of labelled answers."""

    def test_marks_are_taken_off_and_known(self):
        """Every part of the format is read."""
        answer = labelled.read_text("x", ANSWER)
        self.assertEqual(answer.units[0].text, "Um, great question.")
        self.assertEqual(answer.units[0].marked("f"), "{f:Um}, great question.")
        self.assertEqual((answer.conclusion, answer.units[1].is_weak), (1, True))
        self.assertEqual((answer.layers["metric"], answer.layers["decision"]), (1, None))

    def test_what_is_wrong_is_said_with_its_line(self):
        """A bad line names itself."""
        for wrong, says in [
            ("keep sign_off | Bye.", "x:7: sign_off is not a reason to keep"),
            ("maybe | Bye.", "x:7: not `verdict reason | text`"),
            ("cut sign_off | {f:Um bye.", "x:7: a brace"),
            ("keep action* | I did.", "one conclusion at most"),
        ]:
            with self.assertRaisesRegex(ValueError, says.replace("|", r"\|")):
                labelled.read_text("x", ANSWER + wrong)

    def test_every_answer_of_the_repository_can_be_read(self):
        """What the figures are computed on is in the format."""
        root = Path(__file__).parents[2]
        for folder in ("recordings", "tests/fixtures/kept-out", "models/judge/answers"):
            self.assertTrue(labelled.read_folder(root / folder))


class Words(unittest.TestCase):
    """Comparing what was said with what was heard."""

    def test_numbers_and_fillers_are_equal_however_they_are_written(self):
        """Spelling is not a difference."""
        self.assertEqual(
            comparable("41%, $1,200"),
            comparable("forty-one percent one thousand two hundred"),
        )
        self.assertEqual(comparable("Umm, okay… 2.5x"), "um ok two point five x".split())

    def test_a_missed_um_is_no_substitution(self):
        """A filled pause is rather missed than taken for another word."""
        self.assertEqual(align(["um", "we", "left"], ["we", "left"])[0], (0, None))
        self.assertEqual(errors(["uh", "we"], ["um", "we"]), [])
        self.assertEqual(errors(["we", "left", "so"], ["we", "lift", "so"]), [("left", "lift")])

    def test_only_long_runs_are_lost(self):
        """Three words are a mishearing, four a hole."""
        self.assertEqual(runs([True] * 3 + [False] + [True] * 4), 4)

    def test_bare_text_has_neither_points_nor_capitals(self):
        """Points inside figures stay."""
        self.assertEqual(bare("So, 2.5 of 1,000."), "so 2.5 of 1,000")


class Scores(unittest.TestCase):
    """Holding readings against each other."""

    def test_a_reading_agrees_with_itself(self):
        """Every measure is at its best."""
        reading, score = Reading.of_answer(labelled.read_text("x", ANSWER)), Score()
        score.add(reading, reading)
        rows = score.rows()
        self.assertEqual(
            (rows["cut"]["f1"], rows["unit_borders"]["f1"], score.kappa()), (1.0, 1.0, 1.0)
        )
        self.assertEqual(rows["conclusion"], {"exact": 1.0, "within_one": 1.0})

    def test_a_report_with_other_words_is_laid_on_the_labels(self):
        """A recogniser's error shifts nothing, and a miss is counted as one."""
        words = "Um, great question. I lost I, forty-one percent of bookings, I did.".split()
        words += "It was a load of work.".split()
        sentences = [([0, 3], "cut"), ([3, 12], "cut"), ([12, 18], "keep")]
        wanted, score = Reading.of_answer(labelled.read_text("x", ANSWER)), Score()
        score.add(wanted, Reading.of_report(report(words, sentences, 2)))
        rows = score.rows()
        self.assertEqual(
            [rows["cut"][key] for key in ("tp", "fp", "fn", "keep_harmed")], [1, 1, 0, 1.0]
        )
        self.assertEqual(rows["conclusion"], {"exact": 0.0, "within_one": 1.0})
        self.assertEqual(rows["metric"]["fn"], 1)
        self.assertEqual(rows["unit_borders"]["f1"], 1.0)

    def test_a_classifier_that_orders_perfectly_has_an_area_of_one(self):
        """And one that says nothing has a half."""
        self.assertEqual(auc([(0.1, False), (0.9, True)]), 1.0)
        self.assertEqual(auc([(0.5, False), (0.5, True)]), 0.5)


if __name__ == "__main__":
    unittest.main()
