"""Echo as Python's manual shows it.

echo.py tcp PORT: a thread for each connection
echo.py udp PORT: a loop of recvfrom and sendto
"""

import socket
import socketserver
import sys


class Stream(socketserver.BaseRequestHandler):
    def handle(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while data := self.request.recv(65536):
            self.request.sendall(data)


def streams(address):
    server = socketserver.ThreadingTCPServer
    server.allow_reuse_address = True
    server.daemon_threads = True
    server.request_queue_size = 128
    server(address, Stream).serve_forever()


def datagrams(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(address)
        while True:
            data, peer = server.recvfrom(65536)
            server.sendto(data, peer)


kind = {"tcp": streams, "udp": datagrams}[sys.argv[1]]
kind(("127.0.0.1", int(sys.argv[2])))
