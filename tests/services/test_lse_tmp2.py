from tests.services.night import CABBAGE, Night, laid_out, on_sqlite
from tests.services.two_stations import sent
from pos_trace.services import receiving, scanning, transfers
from pos_trace.services.scanning import ScanIn

@on_sqlite
def test_x(night: Night):
    night.pull()
    lot = night.receive(CABBAGE, "20")["lot_id"]
    made = sent(night, (lot, "8"), stall_number="E-01")
    told = scanning.scan(night.node, night.who("E-01"), ScanIn(made["codes"][0]), night.now)
    receiving.cancel(night.node, night.who("E-01"), told["delivery_id"], "x", night.now)
    print(night.lot(lot), transfers.listed(night.node, night.who())["transfers"][0])
    assert 0
