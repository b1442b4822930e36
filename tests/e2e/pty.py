"""Runs one program on a real pseudo-terminal and plays a script of steps.

stdin: one JSON document
  {"argv": [...], "cwd": "...", "env": {...}, "timeout": 20, "columns": 80,
   "stdin": "text" | null, "stdout": "terminal" | "pipe",
   "steps": [{"expect": "regex", "echo": false, "send": "text", "signal": "INT", "again": false}]}
stdout: one JSON document
  {"transcript", "raw", "stdout", "code", "signal", "before", "after", "echo": [...], "failed": null | "why"}

A step waits until its regex matches what was shown since the last step (escape sequences removed), then, where `echo`
is given, until the terminal echoes or not as it says, then sends text or a signal. A last step with `again` is played
whenever its regex is shown once more, until the program ends. `before` and `after` are the terminal's attributes. With
`stdin` text the program's stdin is a pipe with that text, and the terminal is only its controlling terminal.
"""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)|[@-Z\\^_])")


def attributes(fd):
    iflag, oflag, cflag, lflag, ispeed, ospeed, cc = termios.tcgetattr(fd)
    return [iflag, oflag, cflag, lflag, ispeed, ospeed, [c if isinstance(c, int) else c.hex() for c in cc]]


def echoes(fd):
    return bool(termios.tcgetattr(fd)[3] & termios.ECHO)


def start(job, slave, pipes):
    pid = os.fork()
    if pid != 0:
        return pid
    try:
        os.setsid()
        fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
        os.dup2(pipes["stdin"][0] if "stdin" in pipes else slave, 0)
        os.dup2(pipes["stdout"][1] if "stdout" in pipes else slave, 1)
        os.dup2(slave, 2)
        os.closerange(3, 256)
        os.chdir(job["cwd"])
        os.execvpe(job["argv"][0], job["argv"], job["env"])
    except OSError as error:
        os.write(2, str(error).encode())
    os._exit(127)


def main():
    job = json.load(sys.stdin)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, job.get("columns", 80), 0, 0))
    before = attributes(slave)
    pipes = {}
    if job.get("stdin") is not None:
        pipes["stdin"] = os.pipe()
    if job.get("stdout") == "pipe":
        pipes["stdout"] = os.pipe()
    pid = start(job, slave, pipes)
    if "stdin" in pipes:
        os.close(pipes["stdin"][0])
        os.write(pipes["stdin"][1], job["stdin"].encode())
        os.close(pipes["stdin"][1])
    if "stdout" in pipes:
        os.close(pipes["stdout"][1])

    raw, out, status = b"", b"", None
    end = time.monotonic() + job.get("timeout", 20)
    sources = [master] + ([pipes["stdout"][0]] if "stdout" in pipes else [])

    def pump(seconds):
        nonlocal raw, out, status
        ready, _, _ = select.select(sources, [], [], seconds)
        for fd in ready:
            data = os.read(fd, 65536)
            if fd == master:
                raw += data
            elif data:
                out += data
            else:
                sources.remove(fd)
        if status is None:
            done, code = os.waitpid(pid, os.WNOHANG)
            if done == pid:
                status = code
        return bool(ready)

    def shown():
        return ESCAPES.sub("", raw.decode("utf-8", "replace"))

    def play(step):
        if "send" in step:
            os.write(master, step["send"].encode())
        if "signal" in step:
            os.kill(pid, getattr(signal, "SIG" + step["signal"]))

    seen, echo, failed = 0, [], None
    for number, step in enumerate(job["steps"]):
        pattern = re.compile(step["expect"], re.S)
        match = None
        while match is None and time.monotonic() < end and status is None:
            pump(0.05)
            match = pattern.search(shown(), seen)
        if match is None:
            while pump(0.05):
                pass
            match = pattern.search(shown(), seen)
        if match is None:
            failed = f"step {number}: {step['expect']} was not shown"
            break
        seen = match.end()
        if "echo" in step:
            while echoes(slave) != step["echo"] and time.monotonic() < end and status is None:
                pump(0.02)
        echo.append(echoes(slave))
        if "echo" in step and echo[-1] != step["echo"]:
            failed = f"step {number}: echo is {echo[-1]}"
            break
        play(step)
    again = re.compile(job["steps"][-1]["expect"], re.S) if job["steps"] and job["steps"][-1].get("again") else None
    while status is None and time.monotonic() < end and failed is None:
        pump(0.05)
        match = again and status is None and again.search(shown(), seen)
        if match:
            seen = match.end()
            play(job["steps"][-1])
    if status is None:
        failed = failed or "did not end in time"
        os.killpg(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
    while pump(0.05):
        pass
    json.dump({
        "transcript": shown(),
        "raw": raw.decode("utf-8", "replace"),
        "stdout": out.decode("utf-8", "replace"),
        "code": os.WEXITSTATUS(status) if os.WIFEXITED(status) else None,
        "signal": signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else None,
        "before": before,
        "after": attributes(slave),
        "echo": echo,
        "failed": failed,
    }, sys.stdout)


main()
