"""The defects planted where paper and reports leave the house: printed twice, never sent, said to be done."""

from tests.faults.planted_defects import of_area

SPOOL_TESTS = (
    "tests/services/test_spool.py",
    "tests/services/test_spool_recovery.py",
    "tests/services/test_printing.py",
)
WORKER_TESTS = ("tests/runtime/test_printing_worker.py",)
TRANSPORT_TESTS = ("tests/hardware/transports/test_network.py", "tests/hardware/transports/test_file.py")
OUTBOX_TESTS = ("tests/store/test_outbox_waits.py", "tests/store/test_outbox.py")
SENDING_TESTS = ("tests/services/test_outbox.py",)

SPOOL = of_area(
    "spool",
    SPOOL_TESTS,
    (
        (
            "half a slip goes again by itself", "services/spool.py",
            'sent.outcome == "failed" and not sent.bytes_sent', 'sent.outcome != "confirmed"',
            "the customer gets the same slip twice and nobody marked it",
        ),
        (
            "after a power cut it prints again", "services/spool.py",
            'row.state, row.lease_until = "sent_unconfirmed", None', 'row.state, row.lease_until = "queued", None',
            "a second copy nobody asked for, without BẢN IN LẠI",
        ),
        (
            "nothing is journalled before the first byte", "services/spool.py",
            '.values(state="sending", data=data', '.values(state="queued", data=data',
            "a cut in the middle looks as if nothing had gone out",
        ),
        (
            "two jobs at one printer", "services/spool.py",
            'PrintJob.state == "sending").limit(1)', 'PrintJob.state == "cancelled").limit(1)',
            "two slips are printed into each other",
        ),
        (
            "a job taken away is sent all the same", "services/spool.py",
            'PrintJob.state == "queued", PrintJob.lease_owner == job.owner)', 'PrintJob.state == "queued")',
            "the slip is on paper, but the worker that holds the job says it never started",
        ),
        (
            "the newest first", "services/spool.py",
            "order_by(PrintJob.created_at, PrintJob.id).limit(1)", "order_by(PrintJob.created_at.desc()).limit(1)",
            "customers get each other's slips",
        ),
        (
            "a late worker knows better than the person", "services/spool.py",
            "        if row.answered is not None:\n            return row.state\n", "",
            "a slip somebody has already answered for comes back as unsure",
        ),
        (
            "a printer cut off in a picture gets the next slip", "services/spool.py",
            "FLUSH + drawn if job.broken else drawn", "drawn",
            "the next slip is swallowed as the rest of a picture",
        ),
        (
            "asked until it says yes", "services/printing.py",
            'row.state != "sent_unconfirmed" or row.answered is not None', 'row.state != "sent_unconfirmed"',
            "two taps on [Chưa – in lại] are two copies",
        ),
        (
            "a copy looks like the first", "services/printing.py",
            "marked = slip if copy_no == 1 else slips.reprinted(slip, copy_no, tx.now)", "marked = slip",
            "one sale has two papers nobody can tell apart",
        ),
    ),
) + of_area(
    "spool",
    WORKER_TESTS,
    (
        (
            "the dead keep their jobs", "runtime/printing_worker.py",
            "spool.recover, self._node, self._clock(), self._owner)", "spool.recover, self._node, self._clock())",
            "after a power cut the printer stands still for minutes",
        ),
        (
            "one printer at a time for all", "runtime/printing_worker.py",
            "self._busy[printer].start()", "self._busy[printer].run()",
            "a printer without paper holds up the whole market",
        ),
    ),
) + of_area(
    "spool",
    TRANSPORT_TESTS,
    (
        (
            "any job's answer will do", "hardware/transports/network.py",
            "one.start >= since and one.number == wanted", "one.start >= since",
            "the answer to the slip before confirms this one",
        ),
        (
            "an old answer will do", "hardware/transports/network.py",
            'one.kind == "paper" and one.start >= since', 'one.kind == "paper"',
            "what the printer said before the job confirms it",
        ),
        (
            "printed without paper", "hardware/transports/network.py",
            "_answered(told, since, question) and state < status.PAPER_OUT", "_answered(told, since, question)",
            "a slip nobody holds counts as printed",
        ),
        (
            "cut off is nothing sent", "hardware/transports/network.py",
            '"sent_unconfirmed" if line.sent else "failed", code', '"failed", code',
            "a slip of which half is out is sent again",
        ),
        (
            "a full disk leaves half a file", "hardware/transports/file.py",
            "                Path(partial).unlink(missing_ok=True)\n", "",
            "the folder fills with pieces nobody can read",
        ),
    ),
)  # fmt: skip
OUTBOX = of_area(
    "outbox",
    OUTBOX_TESTS,
    (
        (
            "the later one overtakes", "store/outbox.py",
            "earlier.seq < OutboxMessage.seq", "earlier.seq > OutboxMessage.seq",
            "a reply arrives before the report it answers",
        ),
        (
            "what is on its way holds nobody back", "store/outbox.py",
            'UNFINISHED = ("pending", "leased", "parked")', 'UNFINISHED = ("pending", "parked")',
            "two events of one case race each other",
        ),
        (
            "a crash loses the message", "store/outbox.py",
            '(OutboxMessage.state == "leased") & _past', '(OutboxMessage.state == "lost") & _past',
            "what was being sent when the power went is never sent",
        ),
        (
            "a bad evening is enough to give up", "store/outbox.py",
            "row.attempts >= LEAST_TRIES and age >=", "row.attempts >= LEAST_TRIES or age >=",
            "a report dies in an outage",
        ),
        (
            "what the Department asks for is not heard", "store/outbox.py",
            "return max(asked, luck * ceiling)", "return luck * ceiling",
            "a whole province knocks on a server that begs for a pause",
        ),
        (
            "all knock together", "store/outbox.py", "max(asked, luck * ceiling)", "max(asked, ceiling)",
            "after a power cut every stall of a market calls in the same second",
        ),
        (
            "a refused key is tried with every new message", "store/outbox.py",
            '"parked" if parked else "pending"', '"pending"',
            "the Department locks the station out",
        ),
        (
            "parking holds one message only", "store/outbox.py",
            "OutboxMessage.destination == row.destination, waiting)", "OutboxMessage.id == row.id, waiting)",
            "every report is refused one by one and nobody is told",
        ),
        (
            "a late worker writes over a newer one", "store/outbox.py",
            "row.lease_owner == message.owner and row.state in UNFINISHED", "row.state in UNFINISHED",
            "a message that arrived is sent for ever",
        ),
        (
            "one number for all", "store/outbox.py", "(last or 0) + 1", "1",
            "nobody knows which event of a case came first",
        ),
    ),
) + of_area(
    "outbox",
    SENDING_TESTS,
    (
        (
            "a lost photo counts as sent", "services/outbox.py",
            'Delivered("dead", "mất tệp', 'Delivered("done", "mất tệp',
            "evidence is missing and the stall believes it was sent",
        ),
        (
            "a refusal is tried for ever", "services/outbox.py",
            'elif delivered.state == "dead":', 'elif delivered.state == "gone":',
            "nobody learns that the Department refused a report",
        ),
        (
            "the neighbour reads what was sent", "services/sent.py",
            "if row is None or (row.stall_id != who.stall and not theirs):", "if row is None:",
            "a stall reads another stall's case",
        ),
    ),
)  # fmt: skip
