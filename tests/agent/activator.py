"""Listens as systemd does for a socket unit: PATH LOG LIMIT COMMAND...

Makes the Unix socket PATH (mode 0600) and, whenever somebody connects, starts COMMAND with it as descriptor 3 and
LISTEN_FDS and LISTEN_PID in its environment, waits until it ends, appends a line with its status to LOG, and listens on. After LIMIT failures in a row it gives up and closes the socket.
"""

import os
import select
import socket
import sys

path, log, limit, command = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4:]
failures = 0
os.umask(0o077)
listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
if os.path.exists(path):
    os.unlink(path)
listener.bind(path)
listener.listen(64)
listener.setblocking(False)
if listener.fileno() != 3:
    os.dup2(listener.fileno(), 3)
print("listening", flush=True)
while failures < limit:
    select.select([3], [], [])
    pid = os.fork()
    if pid == 0:
        os.set_inheritable(3, True)
        os.execvpe(command[0], command, {**os.environ, "LISTEN_FDS": "1", "LISTEN_PID": str(os.getpid())})
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with open(log, "a") as file:
        file.write(f"{status}\n")
    failures = 0 if status == 0 else failures + 1
