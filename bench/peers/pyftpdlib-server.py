"""An anonymous server with pyftpdlib, on one event loop: python3 pyftpdlib-server.py ADDRESS PORT ROOT"""
import logging
import sys

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import FTPHandler
from pyftpdlib.servers import FTPServer

address, port, root = sys.argv[1:]
logging.basicConfig(level=logging.ERROR)
authorizer = DummyAuthorizer()
authorizer.add_anonymous(root, perm="elradfmwMT")
FTPHandler.authorizer = authorizer
FTPServer.max_cons = 0
FTPServer.max_cons_per_ip = 0
FTPServer((address, int(port)), FTPHandler, backlog=4096).serve_forever()
