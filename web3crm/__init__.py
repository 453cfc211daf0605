"""web3crm: a Web3 CRM on the EVM, driven from Python."""

__version__ = "0.1.0"
