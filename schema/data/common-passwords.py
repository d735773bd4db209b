#!/usr/bin/env python3
"""Writes common-passwords.txt. Sources and licences: README.md.

    pip download --no-deps django==5.2.19 zxcvbn==4.5.0 --no-binary zxcvbn -d /tmp/lists
    python3 common-passwords.py /tmp/lists > common-passwords.txt
"""
import glob
import gzip
import itertools
import sys
import tarfile
import unicodedata
import zipfile

SHORTEST, LONGEST = 8, 64


def django(folder):
    with zipfile.ZipFile(glob.glob(f"{folder}/django-*.whl")[0]) as wheel:
        packed = wheel.read("django/contrib/auth/common-passwords.txt.gz")
    return gzip.decompress(packed).decode().splitlines()


def zxcvbn(folder):
    with tarfile.open(glob.glob(f"{folder}/zxcvbn-*.tar.gz")[0]) as source:
        member = next(m for m in source.getmembers() if m.name.endswith("/frequency_lists.py"))
        names = {}
        exec(source.extractfile(member).read().decode(), names)
    return names["FREQUENCY_LISTS"]["passwords"]


def chinese():
    """What the lists above, drawn from sites in English, have too few of: pinyin phrases, lucky digits, the words that this
    service itself puts into a person's head."""
    phrases = (
        "woaini woaiwo woaiwojia woaimama wodemima mima nihao zhongguo beijing shanghai xian shaanxi hangzhou zhejiang "
        "haiguan kouan dianzikouan danyichuangkou eport baoguan baoguanyuan guanliyuan caozuoyuan gongsi qiye ceshi "
        "zhangsan laopo laogong baobei admin root user test password a aa abc abcd qq qwe asd zxc qaz"
    ).split()
    endings = (
        "1 12 123 1234 12345 123456 1234567 12345678 123456789 123123 321 654321 111 888 8888 888888 666 6666 666666 "
        "168 518 520 521 1314 5201314 5211314 @123 @1234 @123456 _123 123! 2020 2021 2022 2023 2024 2025 2026 2027 2028"
    ).split()
    yield from phrases
    yield from (phrase + ending for phrase, ending in itertools.product(phrases, endings))
    lucky = "123 520 521 1314 5201314 5211314 168 1688 518 888 666 147 258 369 789456 456123 110".split()
    yield from (a + b for a, b in itertools.product(lucky, repeat=2))
    yield from (word * count for word in lucky for count in (3, 4))
    for length in range(SHORTEST, 13):
        yield from (character * length for character in "0123456789abcdefghijklmnopqrstuvwxyz.*@#!-")
        yield ("1234567890" * 2)[:length]
        yield ("0123456789" * 2)[:length]
        yield ("9876543210" * 2)[:length]


def main(folder):
    words = itertools.chain(django(folder), zxcvbn(folder), chinese())
    words = {unicodedata.normalize("NFKC", word).lower() for word in words}
    words = {word for word in words if SHORTEST <= len(word) <= LONGEST and word.isprintable()}
    for word in sorted(words, key=str.encode):
        print(word)


if __name__ == "__main__":
    main(sys.argv[1])
