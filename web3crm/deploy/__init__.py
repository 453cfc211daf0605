"""Deploying a programme: parameters, plan, record, verification."""

from web3crm.deploy.engine import ProgressBar, Watcher
from web3crm.deploy.hand_over import hand_over
from web3crm.deploy.params import Holder, Params, find_params, parse_params, read_params
from web3crm.deploy.plan import programme_plan
from web3crm.deploy.powers import Power, handed_over, powers
from web3crm.deploy.programme import Commons, Programme, deploy_commons, deploy_programme, load, load_commons
from web3crm.deploy.record import Record, Records
from web3crm.deploy.verify import Difference, verify

__all__ = [
    "Commons",
    "Difference",
    "Holder",
    "Params",
    "Power",
    "Programme",
    "ProgressBar",
    "Record",
    "Records",
    "Watcher",
    "deploy_commons",
    "deploy_programme",
    "find_params",
    "hand_over",
    "handed_over",
    "load",
    "load_commons",
    "parse_params",
    "powers",
    "programme_plan",
    "read_params",
    "verify",
]
