"""Writes tests/vectors/mask/forms.json: fake values as real encoders write them (Python's library, coreutils, xxd, gzip).

Usage: python3 scripts/vectors/mask_forms.py > tests/vectors/mask/forms.json
Not to be run to make a failing test pass: a form that is in the file must stay masked.

Two values of one shape stand in each pair, so that a test can ask whether the masked output of one differs from the other's.
"""
import base64, codecs, gzip, html, json, quopri, subprocess, sys, urllib.parse, zlib

PAIRS = {
    "token": ("ovfake_7Hq2LyjWDarjtT1zdp8dcWk3", "ovfake_9Kx4MzkXEbskuU2yeq6fgVn5"),
    "punctuated": ("p@ss\"w\\o'rd <9&7> 50%=ok/Zq", "q@tt\"x\\p'se <8&6> 40%=pl/Yr"),
    "lines": ("first-7Hq2Lyj\nsecond WDbrjuT1\nthird+zdp8dcWm", "first-9Kx4Mzk\nsecond XEbskuU2\nthird+yeq6fgVn"),
    "short": ("hunt7er2", "fish9er4"),
}
BEFORE, AFTER = b"hello world user:", b" tail of it\n"
# Commands that read the value on stdin.
COMMANDS = {
    "xxd": "xxd", "xxd -p": "xxd -p", "xxd -e": "xxd -e", "xxd -b": "xxd -b", "xxd -i": "xxd -i", "xxd -c 7": "xxd -c 7",
    "xxd -p -c 4": "xxd -p -c 4", "od": "od", "od -x": "od -x", "od -c": "od -c", "od -d": "od -d", "od -b": "od -b",
    "od -t x1": "od -A n -t x1", "od -t x1z": "od -t x1z", "od -t x4": "od -t x4", "od -t d1": "od -t d1", "hexdump": "hexdump",
    "hexdump -C": "hexdump -C", "hexdump -b": "hexdump -b", "hexdump -c": "hexdump -c", "rev": "rev", "fold -w1": "fold -w1",
    "fold -w3": "fold -w3", "rot13": "tr a-zA-Z n-za-mN-ZA-M", "upper": "tr a-z A-Z", "swapped case": "tr a-zA-Z A-Za-z",
    "cat -n": "fold -w1 | cat -n", "nl": "fold -w2 | nl", "spaced": "sed 's/./& /g'", "commas": "sed 's/./&, /g'",
    "utf-16le": "iconv -t UTF-16LE", "utf-16be": "iconv -t UTF-16BE", "utf-32": "iconv -t UTF-32LE", "base64 -w 10": "base64 -w 10",
    "base64 base64": "base64 | base64", "base64 x3": "base64 | base64 | base64", "base64 x4": "base64 | base64 | base64 | base64",
    "base64 of hex": "xxd -p | base64", "hex of base64": "base64 | xxd -p", "base32 of hex": "xxd -p | base32",
    "base64 one a line": "base64 | fold -w1", "hex one a line": "xxd -p | fold -w1", "hex with dashes": "xxd -p | sed 's/../&-/g'",
    "base64 of xxd": "xxd | base64", "base64 of reversed": "rev | base64", "printf %q": "xargs -0 bash -c 'printf %q \"$0\"'",
    "gzip base64": "gzip -nc | base64", "gzip base64 -w 20": "gzip -nc | base64 -w 20", "gzip hex": "gzip -nc | xxd -p",
    "gzip gzip base64": "gzip -nc | gzip -nc | base64", "gzip": "gzip -nc", "gzip base32": "gzip -nc | base32",
    "gzip base64 base64": "gzip -nc | base64 | base64",
}


def shell(command, given):
    return subprocess.run(["bash", "-c", command], input=given, capture_output=True, check=True).stdout


def forms(value, raw):
    """Every form of `raw`, by name; `value` is the text alone."""
    each = lambda spell: "".join(spell(byte) for byte in raw).encode()
    made = {"as is": raw}
    made["json"] = json.dumps({"a": raw.decode(), "b": "é\n"}).encode()
    made["json in json"] = json.dumps({"x": json.dumps({"a": raw.decode()})}).encode()
    made["json in json in json"] = json.dumps([json.dumps({"x": json.dumps({"a": raw.decode()})})]).encode()
    made["\\u"] = each(lambda b: "\\u%04x" % b)
    made["\\x"] = each(lambda b: "\\x%02x" % b)
    made["octal"] = each(lambda b: "\\%03o" % b)
    made["percent"] = urllib.parse.quote(raw).encode()
    made["percent all"] = each(lambda b: "%%%02X" % b)
    made["percent twice"] = urllib.parse.quote(urllib.parse.quote(raw)).encode()
    made["percent all twice"] = each(lambda b: "%%25%02X" % b)
    made["form"] = urllib.parse.urlencode({"a": raw}).encode()
    made["html"] = html.escape(raw.decode()).encode()
    made["html decimal"] = each(lambda b: "&#%d;" % b)
    made["html hex"] = each(lambda b: "&#x%X;" % b)
    made["repr"] = repr(raw).encode()
    made["repr of characters"] = repr(list(raw.decode())).encode()
    made["decimal list"] = repr(list(raw)).encode()
    made["hex"] = raw.hex().encode()
    made["HEX"] = raw.hex().upper().encode()
    made["hex colons"] = raw.hex(":").encode()
    made["hex 0x"] = ", ".join(hex(b) for b in raw).encode()
    made["hex odd"] = b"a" + raw.hex().encode()
    made["quoted-printable"] = quopri.encodestring("é".encode() * 9 + raw)
    made["quoted-printable all"] = each(lambda b: "=%02X" % b)
    made["uuencode"] = codecs.encode(raw, "uu")
    made["full width"] = "".join(chr(b + 0xFEE0) if 33 <= b < 127 else chr(b) for b in raw).encode()
    made["zero width"] = "\u200b".join(raw.decode()).encode()
    made["struck through"] = "\u0336".join(raw.decode()).encode()
    made["colours"] = "".join("\x1b[3%dm%s\x1b[0m" % (i % 8, c) for i, c in enumerate(raw.decode())).encode()
    made["backspace bold"] = "".join("%s\b%s" % (c, c) for c in raw.decode()).encode()
    made["zlib base64"] = base64.b64encode(zlib.compress(raw))
    made["base64 of json"] = base64.b64encode(json.dumps({"k": raw.decode() + '"x'}).encode())
    made["base64 of utf-16"] = base64.b64encode(raw.decode().encode("utf-16le"))
    made["\\x of base64"] = "".join("\\x%02x" % b for b in base64.b64encode(raw)).encode()
    made["base64 in a JSON string"] = json.dumps(base64.encodebytes(raw * 3).decode()).encode()
    made["base64 in a query"] = b"/?q=" + urllib.parse.quote(base64.b64encode(raw), safe="").encode()
    for offset in range(3):
        padded = b"?" * offset + raw
        made["base64 +%d" % offset] = base64.b64encode(padded)
        made["base64 unpadded +%d" % offset] = base64.b64encode(padded).rstrip(b"=")
        made["base64url +%d" % offset] = base64.urlsafe_b64encode(padded)
    for offset in range(5):
        made["base32 +%d" % offset] = base64.b32encode(b"x" * offset + raw)
        made["base32 lower +%d" % offset] = base64.b32encode(b"x" * offset + raw).lower()
        made["base32hex +%d" % offset] = base64.b32hexencode(b"x" * offset + raw)
    for offset in range(4):
        made["base85 +%d" % offset] = base64.b85encode(b"x" * offset + raw)
        made["ascii85 +%d" % offset] = base64.a85encode(b"x" * offset + raw)
    made["ascii85 wrapped"] = base64.a85encode(raw, wrapcol=20, adobe=True)
    for name, command in COMMANDS.items():
        made[name] = shell(command, raw)
    return made


out = {}
for pair, values in PAIRS.items():
    cases = {}
    for value in values:
        for context, raw in (("", value.encode()), (" in text", BEFORE + value.encode() + AFTER)):
            for name, data in forms(value, raw).items():
                cases.setdefault(name + context, []).append(base64.b64encode(data).decode())
    out[pair] = {"values": values, "cases": cases}
json.dump(out, sys.stdout, indent=1, ensure_ascii=False)
print()
