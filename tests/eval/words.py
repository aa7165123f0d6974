"""Words that can be compared: spelling, case, punctuation and the way of writing numbers apart."""

import re

FILLED_PAUSES = {"um", "uh", "ah", "hmm", "hm", "mm"}
_WORD = re.compile(r"[A-Za-z0-9$%']+(?:[.,:][0-9]+)*%?")
_NUMBER = re.compile(r"(\$?)(\d[\d,]*)(?:\.(\d+))?(%|[a-z]*)")
_ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
).split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_SIZES = ((10**9, "billion"), (10**6, "million"), (1000, "thousand"), (100, "hundred"))
_TAILS = {"%": ["percent"], "k": ["thousand"], "m": ["million"], "x": ["x"]}
_TAILS |= {ending: [] for ending in ("", "st", "nd", "rd", "th")}
_SAME = {
    "umm": "um", "uhm": "um", "ummm": "um", "erm": "um", "uhh": "uh", "er": "uh", "eh": "uh",
    "okay": "ok", "yknow": "you know", "alright": "all right", "dollars": "", "dollar": "",
}  # fmt: skip


def spelt(number):
    """A whole number in words, so that 41 and "forty one" are equal."""
    if number < 20:
        return [_ONES[number]]
    if number < 100:
        return [_TENS[number // 10]] + (spelt(number % 10) if number % 10 else [])
    if 1100 <= number < 2100 and number % 100 and number // 100 != 20:
        return spelt(number // 100) + spelt(number % 100)  # a year
    for size, name in _SIZES:
        if number >= size:
            rest = spelt(number % size) if number % size else []
            return spelt(number // size) + [name] + rest
    raise AssertionError("every number from 100 on has a size")


def comparable(text):
    """The words of a text in lower case, numbers spelt out, currencies and punctuation dropped."""
    out = []
    for word in _WORD.findall(text.replace("\u2019", "'")):
        word = word.lower().replace("'", "")
        number = _NUMBER.fullmatch(word)
        if number and len(number[2]) < 13:
            out += spelt(int(number[2].replace(",", "")))
            if number[3]:
                out += ["point"] + [_ONES[int(digit)] for digit in number[3]]
            out += _TAILS.get(number[4], [number[4]])
        else:
            word = re.sub(r"[^a-z0-9]", "", word)
            out += _SAME.get(word, word).split()
    return out


def same(one, other):
    """Whether two comparable words are equal; one filled pause is as good as another."""
    return one == other or (one in FILLED_PAUSES and other in FILLED_PAUSES)


def align(said, heard):
    """Levenshtein alignment: pairs of indices in order, None where one side has no word.

    A filled pause taken for a word costs half as much again as any other substitution, so that
    it is rather counted as missed.
    """

    def swap(i, j):
        one, other = said[i], heard[j]
        is_mixed = (one in FILLED_PAUSES) != (other in FILLED_PAUSES)
        return 0 if same(one, other) else 1.5 if is_mixed else 1

    rows, columns = len(said) + 1, len(heard) + 1
    cost = [[i + j if not i * j else 0 for j in range(columns)] for i in range(rows)]
    for i in range(1, rows):
        for j in range(1, columns):
            cost[i][j] = min(
                cost[i - 1][j - 1] + swap(i - 1, j - 1), cost[i - 1][j] + 1, cost[i][j - 1] + 1
            )
    i, j, out = rows - 1, columns - 1, []
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + swap(i - 1, j - 1):
            i, j = i - 1, j - 1
            out.append((i, j))
        elif i and cost[i][j] == cost[i - 1][j] + 1:
            i -= 1
            out.append((i, None))
        else:
            j -= 1
            out.append((None, j))
    return out[::-1]


def errors(said, heard):
    """The pairs of an alignment that differ: (said or None, heard or None)."""
    pairs = [
        (None if i is None else said[i], None if j is None else heard[j])
        for i, j in align(said, heard)
    ]
    return [pair for pair in pairs if None in pair or not same(*pair)]
