"""Child processes that never outlive the tests, also where these are killed."""
import ctypes
import resource
import signal
import subprocess

_libc = ctypes.CDLL("libc.so.6")
_PR_SET_PDEATHSIG = 1


def _in_child():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # A limit on the size of files stands for a full disk, which sends no signal.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def spawn(command, **options):
    """subprocess.Popen; call it from the main thread, whose end is the child's."""
    return subprocess.Popen([str(part) for part in command], preexec_fn=_in_child, stdin=subprocess.DEVNULL, **options)
