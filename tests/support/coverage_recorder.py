"""A pytest plugin that records which instructions the tests run: the input of ``toolchain/contract_coverage.py``.

Every transaction and every call that a test of this process sends to anvil over HTTP, through Brownie or through web3.py, is traced once more by a
small tracer inside the node. It answers with the program counters that ran and the direction each conditional jump took, for each code
separately. What ran is added up by code (not by address: after a rollback another contract may live at the same address) and
written to the file named by ``WEB3CRM_COVERAGE`` when the session ends.
"""

from __future__ import annotations

import json
import os
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import web3
from brownie._config import CONFIG

# Keys of `seen`: "0" is the code the transaction itself runs, "+0x..." a contract being created, "0x..." code that was called.
TRACER = """{
  seen: {}, path: [], key: null, at: null, jump: -1,
  visit: function (key) {
    if (!this.seen[key]) this.seen[key] = { ran: {}, jumped: {}, passed: {} };
    this.key = key; this.at = this.seen[key]; this.jump = -1;
  },
  enter: function (frame) {
    if (this.key === null) this.visit("0");
    this.path.push(this.key);
    this.visit((frame.getType().indexOf("CREATE") == 0 ? "+" : "") + toHex(frame.getTo()));
  },
  exit: function (frame) { if (this.path.length) this.visit(this.path.pop()); },
  fault: function (log, db) {},
  step: function (log, db) {
    if (this.key === null) this.visit("0");
    var pc = log.getPC();
    if (this.jump >= 0) { (pc == this.jump + 1 ? this.at.passed : this.at.jumped)[this.jump] = 1; this.jump = -1; }
    this.at.ran[pc] = 1;
    if (log.op.toNumber() == 0x57) this.jump = pc;
  },
  result: function (context, db) {
    var answer = {};
    for (var key in this.seen) {
      var code = this.seen[key];
      answer[key] = [Object.keys(code.ran), Object.keys(code.jumped), Object.keys(code.passed)];
    }
    return answer;
  }
}"""
SENDS = ("eth_sendTransaction", "eth_sendRawTransaction")
# After these an address may hold other code than before.
RESETS = ("evm_revert", "anvil_reset", "anvil_setCode", "hardhat_setCode", "anvil_reorg", "anvil_rollback")


class Recorder:
    """Stands between web3.py and the node."""

    def __init__(self) -> None:
        self.codes: dict[str, str] = {}
        self.ran: dict[str, tuple[set[int], set[int], set[int]]] = defaultdict(lambda: (set(), set(), set()))
        self.code_at: dict[tuple[str, str], str] = {}
        self.unmined: list[tuple[Any, str]] = []
        self.traced = 0
        self._request = web3.HTTPProvider.make_request

    def install(self) -> None:
        recorder = self

        def make_request(provider: Any, method: str, params: Any) -> Any:
            if recorder.unmined:
                recorder.trace_mined(wait=False)
            if method == "eth_call" and recorder.is_anvil(provider):
                recorder.trace_call(provider, *params[:2])
            answer = recorder._request(provider, method, params)
            if method in SENDS and "result" in answer and recorder.is_anvil(provider):
                recorder.unmined.append((provider, answer["result"]))
                recorder.trace_mined(wait=True)
            if method in RESETS:
                recorder.code_at.clear()
            return answer

        web3.HTTPProvider.make_request = make_request  # type: ignore[method-assign]

    def ask(self, provider: Any, method: str, *params: Any) -> Any:
        answer = self._request(provider, method, list(params))
        return answer.get("result")

    def is_anvil(self, provider: Any) -> bool:
        known = getattr(provider, "_web3crm_is_anvil", None)
        if known is None:
            known = "anvil" in str(self.ask(provider, "web3_clientVersion")).lower()
            provider._web3crm_is_anvil = known
        return bool(known)

    def trace_mined(self, *, wait: bool) -> None:
        """Traces the transactions that are mined by now; anvil mines a moment after it has answered."""
        deadline = time.monotonic() + (2 if wait else 0)
        while self.unmined:
            provider, transaction_hash = self.unmined[0]
            receipt = self.ask(provider, "eth_getTransactionReceipt", transaction_hash)
            if receipt is None:
                if time.monotonic() > deadline:
                    return
                time.sleep(0.002)
                continue
            self.unmined.pop(0)
            transaction = self.ask(provider, "eth_getTransactionByHash", transaction_hash)
            trace = self.ask(provider, "debug_traceTransaction", transaction_hash, {"tracer": TRACER})
            self.add(provider, trace, transaction.get("to"), transaction.get("input"))

    def trace_call(self, provider: Any, call: Any, block: Any = "latest") -> None:
        trace = self.ask(provider, "debug_traceCall", call, block, {"tracer": TRACER})
        self.add(provider, trace, call.get("to"), call.get("data") or call.get("input"))

    def add(self, provider: Any, trace: Any, to: str | None, data: str | None) -> None:
        for key, hits in (trace or {}).items():
            self.traced += 1
            if key == "0" and to is None:
                code = data or "0x"
            elif key.startswith("+"):
                continue
            else:
                code = self.code_of(provider, to if key == "0" else key)
            for known, new in zip(self.ran[code], hits, strict=True):
                known.update(map(int, new))

    def code_of(self, provider: Any, address: Any) -> str:
        where = (str(provider.endpoint_uri), str(address).lower())
        if where not in self.code_at:
            code = self.ask(provider, "eth_getCode", address, "latest")
            if code == "0x":
                return code
            self.code_at[where] = code
        return self.code_at[where]

    def save(self, path: Path) -> None:
        records = [
            {"code": str(code), "ran": sorted(ran), "jumped": sorted(jumped), "passed": sorted(passed)}
            for code, (ran, jumped, passed) in self.ran.items()
            if len(code) > 2
        ]
        path.write_text(json.dumps({"traces": self.traced, "records": records}))


RECORDER = Recorder()


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    # Without the optimizer a contract may be larger than the chain allows: the limit is checked where it counts, on the real build.
    CONFIG.networks["anvil"]["cmd"] = "anvil --disable-code-size-limit"
    RECORDER.install()


def pytest_sessionfinish() -> None:
    RECORDER.save(Path(os.environ["WEB3CRM_COVERAGE"]))
