"""Months and seasons in the words of several languages, and their codes.

MARC 21 Holdings 863 to 865 $j: 01 to 12 months; 21 spring, 22 summer, 23 autumn, 24 winter.
"""

from __future__ import annotations

import re

from galleyproof.marc.captions import folded

NAMES = {
    "01": "jan|uary jan|uar jan|vier ene|ro gen|naio jan|eiro янв|аря янв|арь ιαν|ουαριος "
    "sty|czen led|en tammi|kuu jan|uari jaan|uar",
    "02": "feb|ruary feb|ruar fev|rier feb|rero feb|braio fev|ereiro фев|раля фев|раль "
    "φεβ|ρουαριος luty| unor| helmi|kuu feb|ruari",
    "03": "mar|ch mar|z mars| mar|zo mar|co мар|та мар|т μαρ|τιος mrz| maart| marz|ec brez|en "
    "maalis|kuu marts| maer|z",
    "04": "apr|il avr|il abr|il apr|ile апр|еля апр|ель απρ|ιλιος kwie|cien dub|en huhti|kuu",
    "05": "may| mai| may|o mag|gio mai|o мая| маи| μαι|ος maj| mei| kvet|en touko|kuu",
    "06": "june| jun|i juin| jun|io giu|gno jun|ho июн|я июн|ь ιουν|ιος czer|wiec cerven| kesa|kuu",
    "07": "july| jul|i juil|let jul|io lug|lio jul|ho июл|я июл|ь ιουλ|ιος lip|iec cervenec| "
    "heina|kuu",
    "08": "aug|ust aou|t ago|sto aug|ustus авг|уста авг|уст αυγ|ουστος sierp|ien srp|en elo|kuu "
    "aug|usti",
    "09": "sep|tember sep|tembre sep|tiembre set|iembre set|tembre set|embro сен|тября сен|тябрь "
    "σεπ|τεμβριος wrz|esien zari| syys|kuu",
    "10": "oct|ober okt|ober oct|obre oct|ubre ott|obre out|ubro окт|ября окт|ябрь οκτ|ωβριος "
    "pazd|ziernik rijen| loka|kuu",
    "11": "nov|ember nov|embre nov|iembre nov|embro ноя|бря ноя|брь νοε|μβριος marras|kuu",
    "12": "dec|ember dez|ember dec|embre dic|iembre dic|embre dez|embro дек|абря дек|абрь "
    "δεκ|εμβριος grud|zien pros|inec joulu|kuu",
    "21": "spr|ing printe|mps prim|avera fruh|jahr fruh|ling lente| forar| wiosna| jaro| "
    "весна| весн|а ανοιξη|",
    "22": "sum|mer som|mer som|mar ete| veran|o estat|e ver|ao zom|er lato| leto| лето| καλοκαιρι|",
    "23": "aut|umn fall| herb|st aut|omne oton|o aut|unno outon|o herfst| efterar| jesien| "
    "podzim| осень| φθινοπωρο|",
    "24": "win|ter hiv|er invie|rno inver|no vint|er zima| зима| χειμωνας|",
}
"""Code -> names without accents; before the bar stands the shortest form that is still one."""


def _forms() -> dict[str, str]:
    found = {}
    for code, names in NAMES.items():
        for name in names.split():
            shortest, rest = (folded(part) for part in name.split("|"))
            for length in range(len(rest) + 1):
                found[shortest + rest[:length]] = code
    return found


_CODE_OF = _forms()
PARTS = re.compile(r"[/\-\u2010\u2011\u2013]")


def month_code(word: str) -> str:
    """The code of one month or season, "" of anything else."""
    return _CODE_OF.get(folded(word), "")


def month_codes(words: str) -> str:
    """The codes of what a text names: `12`, `11/12` of `Nov./Dec.`, `06` of `Jan.-June`, since a
    range counts to its end; "" where one word is neither month nor season."""
    codes = [month_code(word) for word in words.split("/")]
    if len(codes) == 1:
        codes = [month_code(word) for word in PARTS.split(words)]
        return codes[-1] if all(codes) else ""
    return "/".join(codes) if all(codes) else ""
