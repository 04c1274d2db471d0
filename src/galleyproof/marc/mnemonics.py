"""The mnemonics of .mrk, by which a text in ASCII names characters: `Caf{eacute}`, `{copy}2001`.

By the Library of Congress's table for MARCMaker (version 2.5, 2003): each stands for characters
of MARC-8, in which a diacritic comes before its letter. What MARC-8 had no character for, the
table writes in letters (`{mdash}` is two hyphens, `{shchcy}` is shch).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from galleyproof.marc.errors import Wrong
from galleyproof.marc.marc8 import EXTENDED_LATIN, NotMarc8, looked_up
from galleyproof.marc.marc8 import text as from_marc8

MNEMONIC = re.compile(r"\{(\w{1,20})\}")


def table(text: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in text.split())


DIACRITICS = table("""
    hooka=E0 grave=E1 acute=E2 circ=E3 tilde=E4 macr=E5 breve=E6 dot=E7 uml=E8 diaer=E8 caron=E9
    ring=EA llig=EB rlig=EC rcommaa=ED dblac=EE candra=EF cedil=F0 ogon=F1 hookr=F1 dotb=F2
    vlineb=F2 dbldotb=F3 circb=F4 ringb=F4 dblunder=F5 under=F6 commab=F7 hookl=F7 rcedil=F8
    breveb=F9 ldbltil=FA rdbltil=FB commaa=FE
""")
"""Combining characters by themselves, in MARC-8 (hex); and, behind a letter, that letter with one:
`{eacute}`."""
WITH_LETTER = re.compile(
    r"([A-Za-z])(acute|grave|circ|tilde|uml|ring|breve|caron|cedil|ogon|hookr|dot|dblac|commab)"
)

SIGNS = table("""
    Lstrok=A1 Ostrok=A2 Dstrok=A3 DJEcy=A3 ETH=A3 THORN=A4 AElig=A5 OElig=A6 softsign=A7
    softcy=A7 SOFTcy=A7 mlprime=A7 middot=A8 flat=A9 reg=AA plusmn=AB Ohorn=AC Uhorn=AD alif=AE
    mlrhring=AE ayn=B0 mllhring=B0 lstrok=B1 ostrok=B2 dstrok=B3 djecy=B3 thorn=B4 aelig=B5
    oelig=B6 hardsign=B7 hardcy=B7 HARDcy=B7 mlPrime=B7 inodot=B8 pound=B9 eth=BA ohorn=BC
    uhorn=BD deg=C0 scriptl=C1 phono=C2 copy=C3 sharp=C4 iquest=C5 iexcl=C6 joiner=8D nonjoin=8E
    esc=1B gs=1D rs=1E us=1F space=20
""")
"""Single characters of MARC-8 (hex)."""

PUNCTUATION = table("""
    excl=! quot=" num=# dollar=$ percnt=% amp=& apos=' lpar=( rpar=) ast=* plus=+ comma=,
    hyphen=- period=. sol=/ colon=: semi=; lt=< equals== gt=> quest=? commat=@ lsqb=[ bsol=\\
    rsqb=] spcirc=^ spundscr=_ spgrave=` lcub={ verbar=| pipe=| brvbar=| Dagger=| dagger=|
    para=| sect=| squf=| rcub=} sptilde=~ bull=* curren=* cent=c fnof=f yen=Y times=x divide=/
    ordf=a asuper=a ordm=o osuper=o szlig=ss shy=- mdash=-- ndash=-- hellip=... laquo=" raquo="
    ldquo=" rdquofh=" rdquor=" lsquo=' lsquor=' rsquo=' rsquor=' frac12=1/2 frac14=1/4
    frac34=3/4 trade=(Tm) No=No. IJlig=IJ ijlig=ij agr=a bgr=b ggr=g sup1=\x1bp1\x1bs
    sup2=\x1bp2\x1bs sup3=\x1bp3\x1bs arab=(3 cjk=$1 cyril=(N greek=g hebrew=(2 latin=(B sub=b
    super=p
""")
"""What stands in ASCII for it. The last of them name scripts, behind `{esc}`."""

CYRILLIC = (
    "a b v g d e=ė z i j=ĭ k l m n o p r s t u f h=h y ch=ch sh=sh shch=shch zh=zh kh=kh "
    "ts=t_s yu=i_u ya=i_a io=i_o ie=i_e ge=g gh=g gje=ǵ kje=ḱ je=j ji=ï lje=lj nje=nj dze=dz "
    "dzhe=dž tshe=ć iuml=ï iy=y ye=e yi=i ubreve=ŭ zhua=z_h"
)
"""Letters of Cyrillic in the romanization of the Library of Congress: `{shcy}`, `{SHcy}`. Two that
are written with a ligature over them have a _ between them here."""


@cache
def cyrillic() -> dict[str, bytes]:
    marks = {looked_up(EXTENDED_LATIN, int(code, 16), 0)[0]: code for code in DIACRITICS.values()}
    found = {}
    for word in CYRILLIC.split():
        name, _, roman = word.partition("=")
        roman = unicodedata.normalize("NFD", roman or name)
        large = roman.upper() if "_" in roman else roman[0].upper() + roman[1:]
        for key, text in ((name, roman), (name.upper(), large), (name.capitalize(), large)):
            coded = b""
            for one in text:
                if one in marks:  # in MARC-8 before its letter
                    coded = coded[:-1] + bytes.fromhex(marks[one]) + coded[-1:]
                else:
                    coded += one.encode()
            if b"_" in coded:
                coded = b"\xeb" + coded.replace(b"_", b"\xec")
            found[f"{key}cy"] = coded
    return found


def marc8_of(name: str) -> bytes:
    """The MARC-8 that a mnemonic stands for. Raises Wrong where the table does not have it."""
    code = SIGNS.get(name) or DIACRITICS.get(name)
    if code is not None:
        return bytes.fromhex(code)
    if re.fullmatch("[0-9A-F]{2}", name):
        return bytes.fromhex(name)
    if len(name) == 1 and name.isascii() and name.isalnum():
        return name.encode()
    if name in PUNCTUATION:
        return PUNCTUATION[name].encode()
    if name in cyrillic():
        return cyrillic()[name]
    if letter := WITH_LETTER.fullmatch(name):
        return bytes.fromhex(DIACRITICS[letter[2]]) + letter[1].encode()
    raise Wrong(
        f"{{{name}}} is no mnemonic of .mrk; a brace itself is written {{lcub}} or {{rcub}}"
    )


def with_characters(text: str) -> str:
    """A text with its mnemonics read. Raises Wrong for one that the table does not have."""
    if "{" not in text or not MNEMONIC.search(text):
        return text
    try:
        if "{esc}" in text or "{1B}" in text:
            return in_other_scripts(text)
        return among_unicode(text)
    except NotMarc8 as error:
        raise Wrong(f"“{text[:40]}” is not MARC-8: {error}") from None


def among_unicode(text: str) -> str:
    out: list[str] = []
    waiting = ""
    place = 0
    for found in MNEMONIC.finditer(text):
        characters = [(one, False) for one in text[place : found.start()]]
        place = found.end()
        meant = marc8_of(found[1])
        if b"\x1b" in meant:
            characters.append((from_marc8(meant), False))
        else:
            characters += [
                (chr(byte), False) if byte < 0x80 else looked_up(EXTENDED_LATIN, byte, 0)
                for byte in meant
            ]
        for one, combines in characters:
            if combines:
                waiting += one
            elif waiting:
                out.append(unicodedata.normalize("NFC", one + waiting))
                waiting = ""
            else:
                out.append(one)
    rest = text[place:]
    if waiting and not rest:
        raise NotMarc8(len(text), "a diacritic with no letter after it")
    if waiting:
        out.append(unicodedata.normalize("NFC", rest[0] + waiting))
        rest = rest[1:]
    return "".join((*out, rest))


def in_other_scripts(text: str) -> str:
    """A text whose mnemonics change to other scripts, so that all of it is MARC-8."""
    if not text.isascii():
        raise NotMarc8(0, "{esc} stands in it beside other characters than those of ASCII")
    coded = MNEMONIC.sub(lambda found: marc8_of(found[1]).decode("latin-1"), text)
    return from_marc8(coded.encode("latin-1"))
