"""Run one command and say what it cost.

    python measure.py [--limit-gb N] [--json FILE] -- COMMAND...

Wall seconds; processor seconds (user and system) of the command and the children it waited for; the peak of resident
memory: the larger of the kernel's own figure for one process and the sum over the process tree, looked at ten times a
second (after twenty seconds twice). A command that passes the limit is stopped, and so is all it started. Linux only, the standard library only.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import time


def tree_kib(root: int) -> int:
    """Resident memory of a process and its descendants, in KiB; pages they share count once for each."""
    children: dict[int, list[int]] = {}
    resident: dict[int, int] = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat") as file:
                parent = int(file.read().rsplit(")", 1)[1].split()[1])
            with open(f"/proc/{entry}/statm") as file:
                pages = int(file.read().split()[1])
        except (OSError, IndexError):
            continue
        children.setdefault(parent, []).append(int(entry))
        resident[int(entry)] = pages * (os.sysconf("SC_PAGE_SIZE") // 1024)
    total, waiting = 0, [root]
    while waiting:
        process = waiting.pop()
        total += resident.get(process, 0)
        waiting.extend(children.get(process, []))
    return total


def measure(command: list[str], limit_gb: float | None = None, log: str | None = None) -> dict:
    """Runs `command` to its end; its output goes to the file `log`, or is left alone."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    sink = open(log, "wb") if log else None
    begun = time.monotonic()
    child = subprocess.Popen(command, stdout=sink, stderr=sink, start_new_session=True)
    peak, stopped = 0, False
    while child.poll() is None:
        peak = max(peak, tree_kib(child.pid))
        if limit_gb and peak > limit_gb * 1024 * 1024 and not stopped:
            os.killpg(child.pid, signal.SIGKILL)
            stopped = True
        time.sleep(0.1 if time.monotonic() - begun < 20 else 0.5)
    wall = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # A child's memory is that of this process until it has become the command; a small reading is the reader's own.
    peak = max(peak, after.ru_maxrss if after.ru_maxrss > before.ru_maxrss else 0)
    return {
        "wall_seconds": round(wall, 2),
        "cpu_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "peak_mib": peak // 1024,
        "exit": child.returncode,
        "stopped_at_limit": stopped,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--limit-gb", type=float)
    parser.add_argument("--json", help="write the figures there instead of to standard error")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    command = args.command[1:] if args.command[:1] == ["--"] else args.command
    figures = measure(command, args.limit_gb)
    if args.json:
        with open(args.json, "w") as file:
            json.dump(figures, file)
    else:
        print(json.dumps(figures), file=sys.stderr)
    return figures["exit"] if figures["exit"] >= 0 else 1


if __name__ == "__main__":
    sys.exit(main())
