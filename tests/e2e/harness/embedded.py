"""The simulated cluster that is in the program: each worker of the suite has one of its own."""
import contextlib
import os
import pathlib
import subprocess

SCRIPT = str(pathlib.Path(__file__).resolve().parents[1] / "embedded" / "cluster")


@contextlib.contextmanager
def running():
    """Starts one; gives its kubeconfig."""
    folder = pathlib.Path(os.environ["CORTEX_E2E_STATE"]) / os.environ.get("PYTEST_XDIST_WORKER", "alone")
    os.environ["CORTEX_E2E_STATE"] = str(folder)
    up = subprocess.run([SCRIPT, "up"], check=True, text=True, stdout=subprocess.PIPE)
    try:
        yield up.stdout.strip().removeprefix("KUBECONFIG=")
    finally:
        subprocess.run([SCRIPT, "down"], check=True)
