/** Programs that fail, and say with what. */
import { type Case, js, pl, py, sh } from "../case.ts";
import * as d from "../decode.ts";

export const ERRORS: readonly Case[] = [
  sh("not-found", "runs it as a command", "$KEY; true", d.plain),
  sh("no-such-file", "opens it as a file", "cat ./$KEY; true", d.plain),
  sh("syntax", "has it in a syntax error", 'bash -c "echo ( $KEY"; true', d.plain, { needs: ["bash"] }),
  sh("unbound", "has it in the message of an expansion", 'sh -c ": \\${NO_SUCH:?$KEY}"; true', d.plain),
  sh("bad-option", "passes it as an option", "ls --$KEY; true", d.plain),
  sh("bad-number", "passes it as a number", "head -n $KEY /dev/null; sleep $KEY; true", d.plain),
  sh("bad-url", "asks for an address with it", "curl -sS --noproxy '*' http://$KEY.invalid/; true", d.plain, {
    needs: ["curl"],
  }),
  sh("git-remote", "clones from an address with it", "git clone -q file:///nonexistent/$KEY; true", d.plain, {
    needs: ["git"],
  }),
  sh("openssl", "gives it as a cipher", "openssl enc -$KEY </dev/null; true", d.plain),
  sh("make-error", "has it in a failing recipe", "printf 'all:\\n\\ttest -z $(KEY)\\n' | make -f -; true", d.plain, {
    needs: ["make"],
  }),
  sh("jq-error", "has it in a filter that does not compile", 'jq -n "$KEY ("; true', d.plain, { needs: ["jq"] }),
  sh("find", "has it in an expression of find that is none", "find . -$KEY; true", d.plain),
  sh("interpreter", "runs a file with it that is none", 'echo "$KEY(" > a.py; python3 a.py; true', d.plain),
  py("traceback", "raises an error with it", "raise RuntimeError('cannot log in with ' + v)", d.plain),
  py("key-error", "looks it up", "{}[v]", d.plain),
  py("value-error", "reads it as a number", "int(v)", d.plain),
  py("name-error", "evaluates it", "eval('x' + v)", d.plain),
  py(
    "assert",
    "compares it in an assertion",
    "import unittest\nclass T(unittest.TestCase):\n def test(self): self.assertEqual({'key': v}, {'key': ''})\nunittest.main(argv=['x'])",
    d.plain,
  ),
  py(
    "assert-diff",
    "compares lists with it in an assertion",
    "import unittest\nclass T(unittest.TestCase):\n def test(self): self.assertEqual([1, v], [2, v[::-1]])\nunittest.main(argv=['x'])",
    d.plain,
  ),
  py(
    "locals",
    "prints the local variables of a traceback",
    "import traceback\ndef f(key): raise ValueError('x')\ntry: f(v)\nexcept ValueError as e: print(''.join(traceback.TracebackException.from_exception(e, capture_locals=True).format()))",
    d.plain,
  ),
  py(
    "argparse",
    "gives it to an option that takes none",
    "import argparse; p = argparse.ArgumentParser(); p.add_argument('--n', type=int); p.parse_args(['--n', v])",
    d.plain,
  ),
  js("throw", "throws an error with it", "throw new Error('401 for ' + v)", d.plain),
  js(
    "reject",
    "rejects with an object that holds it",
    "Promise.reject(Object.assign(new Error('x'), { request: { headers: { authorization: 'Bearer ' + v } } }))",
    d.plain,
  ),
  js("json-parse", "parses it as JSON", "JSON.parse(v.slice(0, 20))", d.plain),
  js("module", "loads it as a module", "require('./' + v)", d.plain),
  js("node-assert", "compares it in an assertion", "require('assert').deepStrictEqual({ k: v }, { k: 'x' })", d.plain),
  js(
    "assert-strings",
    "compares it with a similar one",
    "require('assert').strictEqual(v, v.slice(0, 31) + '!')",
    d.plain,
  ),
  js("url", "reads it as an address", "new URL(v)", d.plain),
  js("trace", "prints a stack trace with it", "console.trace('key', v)", d.plain),
  js("warning", "emits a warning with it", "process.emitWarning('key ' + v)", d.plain),
  pl("die", "dies with it", 'die "no $v"', d.plain),
  pl("confess", "prints the arguments on the stack", "use Carp; sub f { confess 'x' } f($v)", d.plain),
];
