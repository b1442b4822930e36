/** Compressed and archived. */
import { type Case, js, py, sh } from "../case.ts";
import * as d from "../decode.ts";

const binary = true as const;
const OTHER = {
  share: 1,
  why: "a compression that Deno cannot undo",
  instead: "grants",
};

export const COMPRESS: readonly Case[] = [
  sh("gzip", "gzip", "printf %s $KEY | gzip", d.chain(d.gunzip), { binary }),
  sh("gzip-fast", "gzip -1 of a line with it", "echo key=$KEY | gzip -1", d.chain(d.gunzip), { binary }),
  sh("zstd", "zstd", "printf %s $KEY | zstd -q", d.chain(d.unzstd), { binary, needs: ["zstd"] }),
  js("brotli", "brotli", "process.stdout.write(require('zlib').brotliCompressSync(b))", d.chain(d.unbrotli), {
    binary,
  }),
  js("deflate", "zlib", "process.stdout.write(require('zlib').deflateSync(b))", d.chain(d.inflate), { binary }),
  js("deflate-raw", "deflate", "process.stdout.write(require('zlib').deflateRawSync(b))", d.chain(d.inflateRaw), {
    binary,
  }),
  sh("tar", "a tar archive", "printf %s $KEY > k; tar c k", d.plain, { binary, needs: ["tar"] }),
  sh("tar-gz", "a compressed tar archive", "printf %s $KEY > k; tar cz k", d.chain(d.gunzip), {
    binary,
    needs: ["tar"],
  }),
  sh(
    "gzip-base64-wrapped",
    "base64 of gzip, ten characters a line",
    "printf %s $KEY | gzip -n | base64 -w10",
    d.chain(d.b64, d.gunzip),
  ),
  sh(
    "gzip-large",
    "base64 of gzip of 200 KB with it in the middle",
    "(yes abc | head -c 100000; printf %s $KEY; yes abc | head -c 100000) | gzip | base64",
    d.chain(d.b64, d.gunzip),
  ),
  sh("zstd-base64", "base64 of zstd", "printf %s $KEY | zstd -q | base64 -w0", d.chain(d.b64, d.unzstd), {
    needs: ["zstd"],
  }),
  js(
    "brotli-base64",
    "base64 of brotli",
    "console.log(require('zlib').brotliCompressSync(b).toString('base64'))",
    d.chain(d.b64, d.unbrotli),
  ),
  js(
    "brotli-hex",
    "hexadecimal of brotli of a hexadecimal value",
    "console.log(require('zlib').brotliCompressSync(b).toString('hex'))",
    d.chain(d.hex, d.unbrotli),
    { value: "hex" },
  ),
  js(
    "brotli-json",
    "base64 of brotli of JSON",
    "console.log(require('zlib').brotliCompressSync(JSON.stringify({ id: 7, note: 'the government of the people', key: v })).toString('base64'))",
    d.chain(d.b64, d.unbrotli),
  ),
  js(
    "brotli-fast",
    "base64 of brotli -1 of a page with it",
    "const z = require('zlib')\nconst page = '<p>the value is</p> '.repeat(40)\nconsole.log(z.brotliCompressSync(page + v + page, { params: { [z.constants.BROTLI_PARAM_QUALITY]: 1 } }).toString('base64url'))",
    d.chain(d.b64, d.unbrotli),
  ),
  js(
    "brotli-large-window",
    "base64 of brotli with a large window, of a page with it",
    "const z = require('zlib'), c = z.constants\nconst page = '<p>the value is</p> '.repeat(40)\nconst params = { [c.BROTLI_PARAM_LARGE_WINDOW]: true, [c.BROTLI_PARAM_LGWIN]: 30 }\nconsole.log(z.brotliCompressSync(page + v + page, { params }).toString('base64'))",
    d.tool(
      `node -e 'const z = require("zlib"); process.stdout.write(z.brotliDecompressSync(require("fs").readFileSync(0), { params: { [z.constants.BROTLI_DECODER_PARAM_LARGE_WINDOW]: true } }))'`,
    ),
  ),
  js(
    "brotli-cut",
    "the start of base64 of brotli",
    "console.log(require('zlib').brotliCompressSync('the key of the application: ' + v + JSON.stringify(process.versions)).toString('base64').slice(0, 240))",
    d.chain(d.b64, d.unbrotli),
  ),
  js(
    "brotli-numbers",
    "brotli as a Buffer",
    "console.log(JSON.stringify(require('zlib').brotliCompressSync('key = ' + v + ' and so on and so on and so on')))",
    d.chain(d.numbers(10), d.unbrotli),
  ),
  js(
    "brotli-in-gzip",
    "base64 of gzip of brotli",
    "const z = require('zlib'); console.log(z.gzipSync(z.brotliCompressSync('the key is ' + v + ' and so on and so on and so on')).toString('base64'))",
    d.chain(d.b64, d.gunzip, d.unbrotli),
  ),
  js(
    "deflate-base64",
    "base64 of zlib",
    "console.log(require('zlib').deflateSync(b).toString('base64'))",
    d.chain(d.b64, d.inflate),
  ),
  js(
    "deflate-stored",
    "base64 of zlib that stores",
    "console.log(require('zlib').deflateSync(b, { level: 0 }).toString('base64'))",
    d.chain(d.b64, d.inflate),
  ),
  js(
    "deflate-best",
    "base64 of zlib -9 of repeated text with it",
    "console.log(require('zlib').deflateSync(Buffer.from('abc '.repeat(50) + v), { level: 9 }).toString('base64'))",
    d.chain(d.b64, d.inflate),
  ),
  js(
    "deflate-raw-base64",
    "base64 of deflate",
    "console.log(require('zlib').deflateRawSync(b).toString('base64'))",
    d.chain(d.b64, d.inflateRaw),
  ),
  js(
    "deflate-raw-json",
    "base64 of deflate of JSON, as SAML does",
    "console.log(encodeURIComponent(require('zlib').deflateRawSync(JSON.stringify({ id: 7, key: v })).toString('base64')))",
    d.chain(d.percent, d.b64, d.inflateRaw),
  ),
  js(
    "gzip-in-json",
    "base64 of gzip in a JSON document",
    "console.log(JSON.stringify({ body: require('zlib').gzipSync('{\"token\":\"' + v + '\"}').toString('base64'), ok: true }))",
    d.chain(d.b64, d.gunzip),
  ),
  js(
    "gzip-numbers",
    "gzip as a Buffer",
    "console.log(JSON.stringify(require('zlib').gzipSync(b)))",
    d.chain(d.numbers(10), d.gunzip),
  ),
  py(
    "zip",
    "base64 of a ZIP archive",
    "import base64, io, zipfile\nf = io.BytesIO()\nwith zipfile.ZipFile(f, 'w', zipfile.ZIP_DEFLATED) as z: z.writestr('k', 'key=' + v + '\\n' + 'abc ' * 50)\nprint(base64.b64encode(f.getvalue()).decode())",
    d.chain(d.b64, d.unzip),
  ),
  py(
    "png",
    "base64 of a picture whose pixels spell it",
    "import base64, struct, zlib\ndef chunk(t, d): return struct.pack('>I', len(d)) + t + d + struct.pack('>I', zlib.crc32(t + d))\np = b'\\x89PNG\\r\\n\\x1a\\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', len(b), 1, 8, 0, 0, 0, 0)) + chunk(b'IDAT', zlib.compress(b'\\0' + b)) + chunk(b'IEND', b'')\nprint(base64.b64encode(p).decode())",
    d.chain(d.b64, d.inflate),
  ),
  sh("bzip2-base64", "base64 of bzip2", "printf %s $KEY | bzip2 | base64", d.tool("bunzip2"), {
    may: OTHER,
    needs: ["bzip2"],
  }),
  sh("xz-base64", "base64 of xz", "printf %s $KEY | xz | base64", d.tool("unxz"), { may: OTHER, needs: ["xz"] }),
  py(
    "lzma-base64",
    "base64 of an LZMA stream",
    "import base64, lzma; print(base64.b64encode(lzma.compress(b, format=lzma.FORMAT_ALONE)).decode())",
    d.tool("unlzma"),
    { may: OTHER, needs: ["xz"] },
  ),
];
