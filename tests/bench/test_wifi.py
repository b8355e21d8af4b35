from __future__ import annotations

import http.server
import socket
import threading
import time
from random import Random

import pytest

from tests.bench.wifi import SEGMENT, Air, Link, Wifi, Window

BODY = Random(5).randbytes(300_000)


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A cut: expected here."""


@pytest.fixture
def server():
    server = Server(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def fetch(port):
    """Everything that arrives for one request, and whether it ended well."""
    got = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(b"GET / HTTP/1.0\r\n\r\n")
        try:
            while piece := line.recv(65536):
                got += piece
        except ConnectionResetError:
            return bytes(got), False
    return bytes(got), True


def body_of(answer):
    return answer.partition(b"\r\n\r\n")[2]


def test_the_air_carries_no_more_than_its_bandwidth_and_needs_half_a_round_trip():
    air = Air(Link(bandwidth=8e6, round_trip=0.1, loss=0), Random(1))
    assert air.send(10.0, 1_000_000) == (pytest.approx(10 + 1 + 0.05), 0)
    assert air.send(10.5, 1_000_000) == (pytest.approx(10 + 2 + 0.05), 0)
    assert air.send(20.0, 1_000_000)[0] == pytest.approx(20 + 1 + 0.05)


def test_a_lost_segment_takes_the_air_twice_and_comes_a_round_trip_late():
    air = Air(Link(bandwidth=8e6, round_trip=0.1, loss=1), Random(1))
    arrives, lost = air.send(0.0, SEGMENT)
    assert lost == 1
    assert arrives == pytest.approx(2 * SEGMENT / 1e6 + 0.05 + 0.1)


def test_about_as_many_segments_are_lost_as_the_link_says():
    air = Air(Link(loss=0.01), Random(1))
    lost = sum(air.send(0.0, 10 * SEGMENT)[1] for _ in range(5000))
    assert 400 < lost < 600


@pytest.mark.parametrize("backs_off", [True, False])
def test_a_loss_halves_the_window_only_where_senders_back_off(backs_off):
    window = Window(Link(backs_off=backs_off), size=100_000, on_the_way=100_000)
    window.lost(1.0)
    window.lost(1.01)  # the same round trip
    assert window.size == (50_000 if backs_off else 100_000)
    window.acknowledged(50_000)
    assert window.size == pytest.approx(50_000 + SEGMENT if backs_off else 150_000)
    window.lost(1.05)
    assert window.size == pytest.approx((50_000 + SEGMENT) / 2 if backs_off else 150_000)


def test_a_download_is_whole_and_takes_at_least_as_long_as_its_bits(server):
    link = Link(bandwidth=8e6, round_trip=0.02, loss=0.05)
    with Wifi.start(server, link) as wifi:
        began = time.monotonic()
        answer, is_whole = fetch(wifi.port)
        took = time.monotonic() - began
        carried = wifi.stop()
    assert is_whole
    assert body_of(answer) == BODY
    assert took > len(BODY) * 8 / link.bandwidth + 2 * link.round_trip
    assert carried.bytes_down == len(answer)
    assert carried.lost > 0
    assert (carried.connections, carried.cuts) == (1, 0)


def test_a_cut_comes_after_exactly_so_many_bytes_and_the_next_connection_goes_on(server):
    with Wifi.start(server, Link(bandwidth=80e6, round_trip=0.002, loss=0, cuts=(100_000, 150_000))) as wifi:
        first, first_is_whole = fetch(wifi.port)
        second, second_is_whole = fetch(wifi.port)
        third, third_is_whole = fetch(wifi.port)
        carried = wifi.stop()
    assert (first_is_whole, second_is_whole, third_is_whole) == (False, False, True)
    assert carried.bytes_down == 150_000 + len(third)
    assert carried.cuts == 2
    # A reset throws away what the receiver has not read yet, so it may have got less, never more
    assert len(first) <= 100_000
    assert len(second) <= 50_000
    assert BODY.startswith(body_of(first))
    assert body_of(third) == BODY
