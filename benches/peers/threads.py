"""Echo as Python's manual shows it: a thread a connection, or a datagram.

threads.py tcp|udp PORT
"""

import socket
import socketserver
import sys


class Stream(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := self.request.recv(65536):
            self.request.sendall(data)


class Datagram(socketserver.BaseRequestHandler):
    def handle(self):
        data, server = self.request
        server.sendto(data, self.client_address)


kind = {"tcp": socketserver.ThreadingTCPServer, "udp": socketserver.ThreadingUDPServer}[sys.argv[1]]
handler = {"tcp": Stream, "udp": Datagram}[sys.argv[1]]
kind.allow_reuse_address = True
kind.daemon_threads = True
kind.request_queue_size = 128
kind(("127.0.0.1", int(sys.argv[2])), handler).serve_forever()
