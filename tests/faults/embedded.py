"""Faults that one node of an old Kubernetes cannot show, on the cluster in the binary, which judges them itself."""
import os
import re
import subprocess

#: Needs a network that enforces policies, a disk that fills, an API server that stumbles, a registry that is closed.
FAULTS = ["pull-secret-missing", "network-policy", "disk-pressure", "control-plane-slow", "control-plane-gone"]
RUNS = 5


def play(fault):
    """Some seeds of one fault; a row is right when every incident of it was."""
    done = subprocess.run(
        [os.environ["CORTEX_BIN"], "simulate", "--faults", fault, "--runs", str(RUNS), "--hours", "0.1",
         "--services", "5", "--keep-going"], capture_output=True, text=True, timeout=300)
    judged = re.search(r"(\d+) incidents: (\d+) right, .* (\d+) harm", done.stdout)
    named = re.search(r"named rightly in (\d+) of (\d+)", done.stdout)
    if done.returncode not in (0, 1) or not judged or not named:
        raise RuntimeError(f"cortex simulate: {done.stdout}{done.stderr}")
    incidents, right, harmed = (int(text) for text in judged.groups())
    is_named = named[1] == named[2]
    return {
        "fault": fault, "contestant": "cortex", "where": "embedded", "cause": fault if is_named else "another",
        "cause_right": is_named, "action": f"{right} of {incidents} incidents",
        "action_right": 0 < incidents == right and not harmed, "writes": [], "restored": None,
        "harm": [f"{harmed} of {incidents} incidents"] if harmed else [],
        "detect_s": None, "act_s": None, "restore_s": None, "confirmed": True}
