"""Which letters the bytes of a text stand for.

UTF-8 is believed when every byte agrees; a byte order mark is believed always. Any other encoding is a guess from
the letters, taken only when it reads as language; it is always said, and a person can choose another.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from mlops_desktop.store.reading.bytes_scan import CHUNK_BYTES, ByteFacts

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_JAPANESE_MAIL = re.compile(rb"\x1b\$[@B]")
_HALF_LETTER = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
"""Half a letter beyond U+FFFF, as programs write it that take UTF-16 for UTF-8: damage, no other encoding."""


@dataclass(frozen=True)
class Encoding:
    """An encoding and how it was found."""

    name: str
    why: str
    is_guess: bool = False


def has_mark(head: bytes) -> str:
    """The encoding that a byte order mark names; empty without one."""
    return next((name for mark, name in _MARKS if head.startswith(mark)), "")


def find_encoding(head: bytes, facts: ByteFacts) -> Encoding | None:
    """The encoding of a text, or `None` where no guess is good enough.

    Parameters
    ----------
    head : bytes
        Its beginning; a letter may be cut at its end.
    facts : ByteFacts
        What is known of all its bytes.
    """
    mark = has_mark(head)
    if mark:
        return Encoding(mark, "The file begins with a byte order mark.")
    wide = _without_mark(head)
    if wide:
        return Encoding(wide, "Every second byte is zero.")
    if facts.is_ascii and _JAPANESE_MAIL.search(head) and _decodes(head, "iso2022_jp"):
        return Encoding(
            "iso2022_jp", "It changes between letters by the signs of that encoding.", is_guess=True
        )
    if facts.bad_utf8_line is None:
        return Encoding("utf-8", "All bytes are ASCII." if facts.is_ascii else "All bytes agree with it.")
    if facts.is_cut:
        return None
    return _guess(head)


def _without_mark(head: bytes) -> str:
    """UTF-16 without a mark: zeros in every second place of nearly all text of the west."""
    sample = head[:4096]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if half >= 2 and odd > 0.7 * half and even < 0.05 * half:
        return "utf-16-le"
    if half >= 2 and even > 0.7 * half and odd < 0.05 * half:
        return "utf-16-be"
    return next((name for name, end in _WIDE_ENDS if _reads_as_wide(head[: 1 << 16], name, end)), "")


_WIDE_ENDS = (("utf-16-le", b"\n\0"), ("utf-16-be", b"\0\n"))


def _reads_as_wide(sample: bytes, name: str, end: bytes) -> bool:
    """UTF-16 of other letters: zeros stand beside digits, separators and line ends, which are all whole letters."""
    sample = sample[: len(sample) // 2 * 2]
    place = end.index(0)
    zeros = sample[place::2].count(0)
    if zeros < 4 or sample[1 - place :: 2].count(0) > 0.02 * zeros or not _decodes(sample, name):
        return False
    text = sample.decode(name)
    ends = text.count("\n")
    return (
        ends > 0
        and sample.count(b"\n") <= 1.5 * ends + 2
        and all(x.isprintable() or x in "\r\n\t" for x in text)
    )


def _guess(head: bytes) -> Encoding | None:
    """An encoding in which the letters read as language, if just one is plausible."""
    lines = [line for line in head.splitlines(keepends=True) if not line.isascii()][:4000]
    sample = b"".join(lines)
    if not sample or _is_nearly_utf8(sample) or _HALF_LETTER.search(sample):
        return None
    eastern = [name for name, test in _EASTERN if _decodes(sample, name) and test(sample.decode(name))]
    if eastern:
        why = "The bytes above ASCII come in pairs that are common signs of it."
        return Encoding(eastern[0], why, is_guess=True) if len(eastern) == 1 else None
    western = _reads_as_latin(sample)
    if western:
        return Encoding(
            "cp1252", "The bytes above ASCII are letters and signs of western Europe in it.", is_guess=True
        )
    cyrillic = [name for name in ("cp1251", "koi8_r", "cp866") if _reads_as_cyrillic(sample, name)]
    if len(cyrillic) == 1:
        return Encoding(cyrillic[0], "The letters are words in Cyrillic in it.", is_guess=True)
    return None


def _is_nearly_utf8(sample: bytes) -> bool:
    """Whether most letters are good UTF-8: then the rest is damage, not another encoding."""
    decoded = sample.decode("utf-8", errors="replace")
    broken = decoded.count("\ufffd")
    good = sum(1 for letter in decoded if ord(letter) > 127) - broken
    return good > 3 * broken


def _decodes(sample: bytes, name: str) -> bool:
    try:
        sample.decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _share(text: str, *ranges: tuple[int, int]) -> float:
    """Share of the letters beyond ASCII that lie in the ranges of code points."""
    letters = [ord(letter) for letter in text if ord(letter) > 127]
    inside = sum(1 for code in letters if any(low <= code <= high for low, high in ranges))
    return inside / len(letters) if letters else 0.0


_HAN, _KANA, _HANGUL = (0x3400, 0x9FFF), (0x3041, 0x30FF), (0xAC00, 0xD7A3)
_SIGNS = ((0x3000, 0x303F), (0xFF01, 0xFF5E), (0x2010, 0x2026))


def _is_japanese(text: str) -> bool:
    known = _share(text, _KANA) > 0.15 or _share(text, _KANA, *_COMMON_JAPANESE) > 0.4
    return _share(text, _HAN, _KANA, *_SIGNS) > 0.95 and known and not _half_width(text)


def _half_width(text: str) -> bool:
    """Half-width kana: what single bytes of other encodings become in Shift JIS."""
    return _share(text, (0xFF61, 0xFF9F)) > 0.1


def _is_korean(text: str) -> bool:
    return _share(text, _HANGUL, *_SIGNS) > 0.95 and _share(text, *_COMMON_KOREAN) > 0.25


def _is_chinese(text: str) -> bool:
    return _share(text, _HAN, *_SIGNS) > 0.95 and _share(text, *_COMMON_CHINESE) > 0.35


def _codes(letters: str) -> tuple[tuple[int, int], ...]:
    return tuple((ord(letter), ord(letter)) for letter in letters)


_COMMON_CHINESE = _codes(
    "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长"
    "北京海重庆广州深圳南西东山江河湖天津成武汉杭安徽福建四川云省市区县路张王李赵陈刘黄周吴林明华国民"
    "這個們為時後來會對過還說發經國東廣灣臺台高雄新竹功能省縣區門開見長頭動兩無學書車電話號名姓地址數量"
)
_COMMON_JAPANESE = _codes(
    "東京都道府県市区町村郡番号丁目氏名前姓住所電話年月日時分円数量品社員会合計料金価格単位備考種類性別男女"
    "山田川木本藤佐高中小大上下野村井石原松林森池岡橋崎島谷沢渡辺加斎伊鈴清水青赤白黒太郎次三四五六七八九十一二百千万"
    "北海青岩手宮城秋形福茨栃群馬埼玉葉神奈新潟富岐阜静愛知重滋賀阪兵庫良和歌鳥取根広口徳香媛長熊分鹿児沖縄横浜名古屋"
    "人国学生事業務部課長役店商売買入出発送受注文書内外用行来見方地場工車電気社会公営業新旧正子美恵一真由紀優"
)
_COMMON_KOREAN = _codes(
    "이다는의에가을를은로서고하지도한기사리시정어자나대인아수전라주부스일그구상유제보원동과해여장드만조비마모무산신경김박최울광천성안남북구군읍면교"
)
_EASTERN: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("cp932", _is_japanese),
    ("euc_jp", _is_japanese),
    ("euc_kr", _is_korean),
    ("gb18030", _is_chinese),
    ("big5", _is_chinese),
)
_WESTERN_LETTERS = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜàáâãäåæçèéêëìíîïñòóôõöøùúûüßŒœÿ")
_QUOTING = frozenset("«»“”‘’‚„–—…•‹›ªº°\u00a0")
_SIGNS_ALONE = frozenset("€£§µ·²³½¼¾™©®¿¡†±×")
_RARE_IN_WEST = frozenset("ìùøõûê")
"""Common letters of central Europe (Windows-1250) look like these in Windows-1252."""


def _reads_as_latin(sample: bytes) -> bool:
    """Whether all above ASCII are letters within words, quotes, or signs that stand alone, of Windows-1252.

    Refuses what may be Windows-1250, -1254 or -1257 as well, for there other letters stand at the same bytes.
    """
    if not _decodes(sample, "cp1252"):
        return False
    text = sample.decode("cp1252")
    beyond = [place for place, letter in enumerate(text) if ord(letter) > 127]
    padded = f" {text} "
    for place in beyond:
        letter, before, after = text[place], padded[place], padded[place + 2]
        if letter in _SIGNS_ALONE:
            if after.isalpha() or (before.isalpha() and letter not in "²³™®©µ"):
                return False
        elif letter not in _WESTERN_LETTERS and letter not in _QUOTING:
            return False
    pairs = sum(1 for a, b in pairwise(beyond) if b == a + 1 and text[a].isalpha() and text[b].isalpha())
    letters = [text[place] for place in beyond if text[place] in _WESTERN_LETTERS]
    rare = sum(1 for letter in letters if letter in _RARE_IN_WEST)
    return pairs <= 0.15 * len(beyond) and rare <= max(0.5 * len(letters), 0)


def _reads_as_cyrillic(sample: bytes, name: str) -> bool:
    """Whether the letters are Cyrillic, small ones after capitals, with the vowels that every text has."""
    if not _decodes(sample, name):
        return False
    text = sample.decode(name)
    letters = [letter for letter in text if ord(letter) > 127]
    if (
        _share(text, (0x0400, 0x045F), *_SIGNS, (0x2116, 0x2116), (0xAB, 0xAB), (0xBB, 0xBB), (0xA0, 0xA0))
        < 0.97
    ):
        return False
    mixed = sum(
        1 for a, b in pairwise(text) if a.isalpha() and b.isalpha() and (ord(a) > 127) != (ord(b) > 127)
    )
    if mixed > 0.02 * len(letters):
        return False
    vowels = sum(1 for letter in letters if letter in "аеиоуыэюяАЕИОУ")
    jumps = sum(1 for a, b in pairwise(text) if a.islower() and b.isupper() and ord(a) > 127 and ord(b) > 127)
    small = sum(1 for letter in letters if letter.islower())
    return vowels >= 0.25 * len(letters) and jumps <= 0.02 * len(letters) and small >= 0.4 * len(letters)


def recode(path: Path, target: Path, encoding: str, *, limit: int | None = None) -> int | None:
    """Write `path` as UTF-8 to `target`; the line with the first byte that is no letter, or `None`.

    With a `limit` (in bytes) only the whole lines at the beginning are written.

    Raises
    ------
    LookupError
        There is no encoding of that name.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    with target.open("wb") as out:
        try:
            for text in _decoded(path, decoder, limit):
                lines += text.count("\n")
                out.write(text.removeprefix("\ufeff").encode("utf-8"))
        except UnicodeDecodeError as error:
            return lines + error.object[: error.start].count(b"\n") + 1
        except UnicodeError:
            return lines + 1
    return None


def _decoded(path: Path, decoder: codecs.IncrementalDecoder, limit: int | None) -> Iterator[str]:
    with path.open("rb") as file:
        if limit is not None and path.stat().st_size > limit:
            text = decoder.decode(file.read(limit))
            yield text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
            return
        while chunk := file.read(CHUNK_BYTES):
            yield decoder.decode(chunk)
    yield decoder.decode(b"", True)
