"""Speakable codes: four neutral English words, drawn at random, never translated.

The words come from the BIP 39 English list (2,048 words, no two alike in their first four
letters, so they survive a bad line), less those that say something about violence, law, money,
bodies or people. Four words of 1,679 are 43 bits: the code opens nothing by itself; it is
looked up only inside the receiver's own inbox, with a limit on tries (ADR 0007). The referral's
identity is its random UUID.
"""

from __future__ import annotations

import random
import re
import unicodedata
from dataclasses import dataclass

from mnemonic import Mnemonic

WORDS_IN_A_CODE = 4

# Words that could hurt, frighten, accuse or describe a person when read aloud.
_LEFT_OUT = frozenset(
    """
    absent afford anxiety bargain behave borrow cash cost payment
    abuse accident accuse acid address adult afraid aim alarm alcohol alone anger angry army
    arm arrest armed assault attack baby battle beauty believe betray bitter black blame blast
    bleak blind blood body bomb boss boy brother bullet burden bus cage case catch child church
    citizen client clinic club coach confirm conduct consent control convince couple court crash
    crazy credit crime cruel cry crush curse cute damage danger daughter dead death debt deny
    depart despair destroy device diary dirt disease divorce doctor donor donkey dose drug drunk
    dumb dust dutch emotion enemy enforce escape evidence evil evoke exclude excuse execute
    exhaust exile expire expose eye eyebrow fail faint fame family fat father fatal fatigue fault
    fear female fetch fever fight fire fitness flee flesh force forget fox fragile fringe front
    frown gang gasp ghost girl glare guilt gun hair hammer hand harm harsh hate hazard head heart
    hero hidden hide home hospital hostile house hunt hurt husband illegal ill immune infant
    inflict inform injury inmate insane intact jail jealous judge junk keep kick kid kill kiss
    kitchen kite knee knife knock lady law lawsuit leave leg legal liar liberty lie liquor lock
    lonely loud love loyal lunch mad male man marriage mask matter mean media mercy mistake mom
    money monster mother mouth murder muscle naive name naked nasty neck neglect nerve nice night
    nose nuclear nurse obey object obscure offend offer office oil orphan outer owner oxygen pain
    panic parent patient patrol pay peasant penalty person phone physical pig pill pistol poison
    police poor poverty pregnant prison private problem protect proud public pulse punch punish
    push rape raw rebel refuse regret relief remind remove report rescue resist response retreat
    return reveal revenge rifle riot risk robot romance rude ruin run sad safe save scare school
    scorpion scream seek security self sell senior sense sentence sex shaft shame shed shelter
    shield ship shock shoot shove shrug sibling sick silent sin sister skin slam slave slender
    slice smoke snake soldier son soul speak spike spirit spoil spot stab stay steal stick sting
    struggle stumble suffer suicide surge suspect swear sweet sword talent talk tattoo teach tell
    tenant terror testify theft threat throw thumb toilet tongue tooth torture toxic tragic trap
    trauma trial trick trigger trouble truck trust truth twin ugly unable uncle undo unfair
    unhappy unknown upset urge venom verify veteran victim vicious victory villain violent virus
    visa void vote voyage vulnerable wage want war warfare warn warrior waste weapon weird whip
    wife win wine winner witness wolf woman world worry wound wreck wrestle wrist wrong youth
    """.split()
)


@dataclass(frozen=True)
class WordList:
    """The neutral words that codes are made of.

    Attributes:
        words: what new codes are drawn from.
        known: what is understood: all words there ever were, so that a code of yesterday is found
            when a word is no longer drawn today.
    """

    words: tuple[str, ...]
    known: frozenset[str]

    @classmethod
    def load(cls) -> WordList:
        """Return the list, in alphabetical order."""
        every = Mnemonic("english").wordlist
        return cls(tuple(sorted(w for w in every if w not in _LEFT_OUT)), frozenset(every))

    def draw(self, rng: random.Random) -> str:
        """Return a new code such as "maple river quiet stone"; no word twice."""
        return " ".join(rng.sample(self.words, WORDS_IN_A_CODE))

    def normalise(self, text: str) -> str | None:
        """Return the code meant by what somebody typed or heard, or None when it is none.

        Case, accents, hyphens, commas and extra spaces do not matter; the first four letters
        of each word are enough.
        """
        plain = unicodedata.normalize("NFKD", text[:200]).encode("ascii", "ignore").decode()
        typed = re.findall(r"[a-z]+", plain.lower())
        if len(typed) != WORDS_IN_A_CODE:
            return None
        found = [self._whole(word) for word in typed]
        return None if None in found else " ".join(word for word in found if word)

    def _whole(self, typed: str) -> str | None:
        if typed in self.known:
            return typed
        least = 4
        if len(typed) < least:
            return None
        matches = [w for w in self.known if w.startswith(typed[:least])]
        return matches[0] if len(matches) == 1 and matches[0].startswith(typed) else None
