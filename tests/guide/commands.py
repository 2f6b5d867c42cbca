"""The guide's commands, from commands.md."""
import os
import pathlib
import pty
import re
import select
import subprocess
import time

TEXT = (pathlib.Path(__file__).parent / "commands.md").read_text()
COMMANDS = dict(re.findall(r"^## (.+?)\n\n```bash\n(.+?)```$", TEXT, re.MULTILINE | re.DOTALL))


def run(name, check=True, timeout=120, patterns=True):
    """What the command prints, both its streams. Without `patterns` the shell expands none, as where none matches."""
    done = subprocess.run(
        ["bash", *([] if patterns else ["-f"]), "-c", COMMANDS[name]], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout,
        stdin=subprocess.DEVNULL)
    assert not check or done.returncode == 0, f"{name}: exit code {done.returncode}\n{done.stdout}"
    return done.stdout


def run_in_terminal(name):
    """The same where a person would sit, for `-it`: its exit code and what it shows."""
    shown = []

    def read(descriptor):
        data = os.read(descriptor, 65536)
        shown.append(data)
        return data

    code = os.waitstatus_to_exitcode(pty.spawn(["bash", "-c", COMMANDS[name]], read, lambda _: b""))
    return code, b"".join(shown).decode(errors="replace").replace("\r\n", "\n")


def follow(name, until, timeout=60):
    """The lines of a command that does not end by itself, up to one that holds `until`. It writes to a terminal, as a
    person would have it: grep keeps its lines back where it writes to anything else."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        ["bash", "-c", COMMANDS[name]], stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL, start_new_session=True)
    os.close(theirs)
    deadline, shown = time.monotonic() + timeout, ""
    try:
        while until not in shown:
            left = deadline - time.monotonic()
            assert left > 0 and select.select([ours], [], [], left)[0], f"{name}: no “{until}” in {shown}"
            shown += os.read(ours, 65536).decode(errors="replace").replace("\r\n", "\n")
        return shown.split("\n")[:-1]
    finally:
        os.killpg(process.pid, 9)
        process.wait()
        os.close(ours)
