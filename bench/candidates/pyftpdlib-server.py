"""
An anonymous server with pyftpdlib, on one event loop or on several in processes of their own:
python3 pyftpdlib-server.py ADDRESS PORT ROOT PROCESSES [CERTIFICATE KEY]
"""
import logging
import sys

from pyftpdlib import handlers
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.servers import FTPServer

address, port, root, processes, *pem = sys.argv[1:]
logging.basicConfig(level=logging.ERROR)
authorizer = DummyAuthorizer()
authorizer.add_anonymous(root, perm="elradfmwMT")
if pem:
    # It is there only with PyOpenSSL.
    handler = handlers.TLS_FTPHandler
    handler.certfile, handler.keyfile = pem
else:
    handler = handlers.FTPHandler
handler.authorizer = authorizer
FTPServer.max_cons = 0
FTPServer.max_cons_per_ip = 0
FTPServer((address, int(port)), handler, backlog=4096).serve_forever(worker_processes=int(processes))
